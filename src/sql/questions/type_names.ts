/** Names of types, as PostgreSQL reads them. */
import { parse } from "../parser.ts";
import { as, nameOf, strings, type Node } from "../tree.ts";

export interface TypeName {
  /** `int4`, `numeric`; with its schema where it is not PostgreSQL's own. */
  readonly name: string;
  /** `numeric(12,2)` has 12 and 2. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

/** `integer`, `INT` and `pg_catalog.int4` are all `int4`. Undefined for what is no type. The caller has awaited `loadParser()`. */
export function readTypeName(text: string): TypeName | undefined {
  const parsed = parse(`SELECT NULL::${text}`);
  const [first, ...others] = parsed.ok ? (parsed.tree.stmts ?? []) : [];
  const target = as("SelectStmt", first?.stmt)?.targetList?.[0];
  const type = as("TypeCast", as("ResTarget", target)?.val)?.typeName;
  if (!type || others.length > 0) return undefined;
  const [schema, ...rest] = strings(type.names);
  const name = rest.length > 0 && schema === "pg_catalog" ? rest.join(".") : [schema, ...rest].join(".");
  return {
    name,
    modifiers: (type.typmods ?? []).map(modifier),
    isArray: (type.arrayBounds ?? []).length > 0,
  };
}

const modifier = (node: Node): number => {
  const constant = nameOf(node) === "A_Const" ? as("A_Const", node) : undefined;
  return constant?.ival ? (constant.ival.ival ?? 0) : -1;
};
