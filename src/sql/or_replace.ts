import { parse } from "./parser.ts";

/**
 * A statement that defines a function, a procedure or a view, as one that takes the place of what is there; undefined for
 * every other statement. It begins with its first word. The caller has awaited `loadParser()`.
 */
export function orReplace(text: string): string | undefined {
  const parsed = parse(text);
  const stmt = parsed.ok ? parsed.tree.stmts?.[0]?.stmt : undefined;
  if (!stmt) return undefined;
  const definition =
    "CreateFunctionStmt" in stmt ? stmt.CreateFunctionStmt : "ViewStmt" in stmt ? stmt.ViewStmt : undefined;
  if (!definition) return undefined;
  return definition.replace ? text : text.replace(/^create/i, "CREATE OR REPLACE");
}
