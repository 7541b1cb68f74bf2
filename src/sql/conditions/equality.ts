/** A check that says what one column is, by the others: `total = paid + denied`. */
import { parse } from "../parser.ts";
import { as, eachObject, type Node, strings } from "../tree.ts";

export interface Equality {
  readonly column: string;
  /** SQL over the other columns of the row. */
  readonly sql: string;
}

const BEFORE = "SELECT (";

/** Undefined for every other check. `loadParser()` has been awaited. */
export function readEquality(sql: string): Equality | undefined {
  const text = `${BEFORE}${sql}\n)`;
  const parsed = parse(text);
  if (!parsed.ok || parsed.tree.stmts?.length !== 1) return undefined;
  const select = as("SelectStmt", parsed.tree.stmts[0]?.stmt);
  const [target, more] = select?.targetList ?? [];
  const equal = more ? undefined : as("A_Expr", as("ResTarget", target)?.val);
  if (equal?.kind !== "AEXPR_OP" || strings(equal.name).join() !== "=" || equal.location === undefined)
    return undefined;
  const bytes = Buffer.from(text);
  const sides = {
    left: bytes.toString("utf8", BEFORE.length, equal.location),
    right: bytes.toString("utf8", equal.location + 1, bytes.length - 1),
  };
  return (
    equality(equal.lexpr, equal.rexpr, withoutBrackets(sides.right, "end")) ??
    equality(equal.rexpr, equal.lexpr, withoutBrackets(sides.left, "start"))
  );
}

function equality(one: Node | undefined, other: Node | undefined, sql: string): Equality | undefined {
  const column = columnName(one);
  const others = columnsIn(other);
  if (column === undefined || others.length === 0 || others.includes(column)) return undefined;
  return { column, sql };
}

const columnName = (node: Node | undefined): string | undefined => strings(as("ColumnRef", node)?.fields).at(-1);

function columnsIn(node: Node | undefined): readonly string[] {
  const found: string[] = [];
  eachObject(node, (one) => {
    const name = columnName(one as Node);
    if (name !== undefined) found.push(name);
  });
  return found;
}

/** Brackets around the whole check are cut in two by its equals sign. */
function withoutBrackets(text: string, where: "start" | "end"): string {
  let rest = text.trim();
  const depth = (some: string) => some.split("(").length - some.split(")").length;
  while (where === "end" ? depth(rest) < 0 && rest.endsWith(")") : depth(rest) > 0 && rest.startsWith("(")) {
    rest = (where === "end" ? rest.slice(0, -1) : rest.slice(1)).trim();
  }
  return rest;
}
