import { parse } from "../parser.ts";

/**
 * The schema, for a statement that makes one where it is missing and nothing else. The caller has awaited `loadParser()`.
 */
export function schemaMadeIfMissing(text: string): string | undefined {
  const parsed = parse(text);
  const [only, ...others] = parsed.ok ? (parsed.tree.stmts ?? []) : [];
  const stmt = only?.stmt;
  if (others.length > 0 || !stmt || !("CreateSchemaStmt" in stmt)) return undefined;
  const { schemaname, if_not_exists, authrole, schemaElts = [] } = stmt.CreateSchemaStmt;
  return if_not_exists && !authrole && schemaElts.length === 0 ? schemaname : undefined;
}
