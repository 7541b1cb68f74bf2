/** `'now'`, `'today'`, `'tomorrow'` and `'yesterday'`: texts that become a moment when they are read as one. */
import { parse } from "../parser.ts";
import { tokenAt } from "../passage.ts";
import { as, isObject, nameOf, strings, type Node, type Tree } from "../tree.ts";
import { hasWord, MOMENTS, readingOf, targetOf, wordValue } from "./clock.ts";
import { edit, unfreezable, type Search } from "./search.ts";

type Typed = ReturnType<typeof targetOf>;
/** A constant that nothing around it gives a type. */
export function bareWord(search: Search, constant: Tree): void {
  if (search.done.has(constant)) return;
  const says = textOf(constant);
  if (says === undefined || wordValue(says, search.instant) === undefined) return;
  unfreezable(search, `'${says.trim()}', if it is read as a date or a time,`, at(constant), "perhaps");
}

/** `'now'::timestamp`, `date 'today'`, `CAST('now' AS time)`, `'now'::text::date`, `ARRAY['today']::date[]`. */
export function inCast(search: Search, cast: Tree): void {
  const { target, type } = targetOf(cast.typeName);
  const [array, constant] = [as("A_ArrayExpr", cast.arg as Node), constantIn(cast.arg as Node)];
  if (target === "moments" && array) {
    for (const element of array.elements ?? []) exchangeTyped(search, constantOf(element), type);
    return;
  }
  const says = constant && textOf(constant);
  if (!constant || says === undefined || search.done.has(constant)) return;
  if (target === "text" || target === "other") {
    search.done.add(constant);
    return;
  }
  const value = wordValue(says, search.instant);
  if (target === "moment" && value !== undefined) {
    search.done.add(constant);
    const start = at((cast.typeName ?? {}) as Tree);
    if (cast.location === -1 && start < at(constant)) exchangeAll(search, constant, value, start);
    else exchange(search, constant, value);
  } else if (target === "unknown" ? value !== undefined : hasWord(says)) {
    search.done.add(constant);
    unfreezable(search, "the moment in this text", at(constant), target === "unknown" ? "perhaps" : "clock");
  }
}

/** A constant under casts to text only. */
function constantIn(node: Node | undefined): Tree | undefined {
  const cast = as("TypeCast", node);
  if (cast) return targetOf(cast.typeName).target === "text" ? constantIn(cast.arg) : undefined;
  return constantOf(node);
}

/** What stands beside `'now'` may say what it is: `valid_to::date > 'today'`. */
export function inComparison(search: Search, kind: string, body: Tree): void {
  const isOperator = kind === "A_Expr" && (body.kind === "AEXPR_OP" || body.kind === "AEXPR_OP_ANY");
  if (isOperator && !COMPARISONS.has(as("String", (body.name as readonly Node[])[0])?.sval ?? "")) return;
  const sides = [body.lexpr, body.rexpr, body.args].flat().flatMap((node) => itemsOf(node as Node | undefined));
  const typed = sides.map((side) => typeOf(search, side)).find((found) => found !== undefined);
  if (typed) for (const side of sides) inTyped(search, typed, side);
}

const COMPARISONS = new Set(["=", "<>", "<", ">", "<=", ">="]);

const itemsOf = (node: Node | undefined): readonly Node[] =>
  node === undefined ? [] : (as("List", node)?.items ?? [node]);

function typeOf(search: Search, node: Node): Typed | undefined {
  const kind = nameOf(node);
  const body = Object.values(node)[0] as unknown;
  if (kind === undefined || !isObject(body)) return undefined;
  if (kind === "TypeCast") return known(targetOf(body.typeName));
  if (kind === "ColumnRef") return typeOfColumn(search, strings(body.fields as readonly Node[]).at(-1));
  const type = readingOf(kind, body)?.type;
  return type === undefined || type === "text" ? undefined : { target: "moment", type };
}

const known = (typed: Typed): Typed | undefined => (typed.target === "unknown" ? undefined : typed);

function typeOfColumn(search: Search, column: string | undefined): Typed | undefined {
  const type = column === undefined ? undefined : search.typeOf(column);
  return type === undefined ? undefined : known(typeNamed(type));
}

function typeNamed(type: string): Typed {
  const parsed = parse(`SELECT NULL::${type}`);
  const select = parsed.ok ? as("SelectStmt", parsed.tree.stmts?.[0]?.stmt) : undefined;
  return targetOf(as("TypeCast", as("ResTarget", select?.targetList?.[0])?.val)?.typeName);
}

/** `date('now')` converts as a cast does. */
export function inConversion(search: Search, name: string, args: readonly Node[] = []): void {
  if (args.length === 1 && MOMENTS.has(name)) inTyped(search, { target: "moment", type: name }, args[0]);
}

/** A value that becomes of a column's type. */
export function inColumn(search: Search, type: string, value: Node | undefined): void {
  inTyped(search, typeNamed(type), value);
}

export function inTyped(search: Search, { target, type }: Typed, value: Node | undefined): void {
  const constant = constantOf(value);
  if (!constant) return;
  if (target === "moment") exchangeTyped(search, constant, type);
  else if (target === "text" || target === "other") search.done.add(constant);
}

/** `INSERT INTO t (at) VALUES ('now') ON CONFLICT DO UPDATE SET at = 'now'` */
export function inInsert(search: Search, body: Tree): void {
  if (isObject(body.onConflictClause)) inSet(search, body.onConflictClause.targetList as readonly Node[] | undefined);
  const names = (body.cols as readonly Node[] | undefined)?.map((node) => as("ResTarget", node)?.name);
  const select = as("SelectStmt", body.selectStmt as Node | undefined);
  const rows = select?.valuesLists?.map((list) => itemsOf(list)) ?? [
    (select?.targetList ?? []).flatMap((node) => as("ResTarget", node)?.val ?? []),
  ];
  for (const row of rows) {
    for (const [n, name] of (names ?? []).entries()) {
      const typed = typeOfColumn(search, name);
      if (typed) inTyped(search, typed, row[n]);
    }
  }
}

/** `SET at = 'now'` */
export function inSet(search: Search, targets: readonly Node[] = []): void {
  for (const node of targets) {
    const target = as("ResTarget", node);
    const typed = typeOfColumn(search, target?.name);
    if (typed) inTyped(search, typed, target?.val);
  }
}

function exchangeTyped(search: Search, constant: Tree | undefined, type: string): void {
  const value = wordValue((constant && textOf(constant)) ?? "", search.instant);
  if (!constant || value === undefined || search.done.has(constant)) return;
  search.done.add(constant);
  exchange(search, constant, `${value}::${type}`);
}

function exchange(search: Search, constant: Tree, text: string): void {
  const tokens = search.passage.tokens();
  const token = tokens[tokenAt(tokens, at(constant))];
  if (token) edit(search, token.start, token.end, text);
}

/** `date 'today'` is a literal through and through: only another constant could stand behind the type. */
function exchangeAll(search: Search, constant: Tree, value: string, start: number): void {
  const tokens = search.passage.tokens();
  const token = tokens[tokenAt(tokens, at(constant))];
  const type = Buffer.from(search.passage.text).toString("utf8", start, at(constant)).trim();
  if (token) edit(search, start, token.end, `CAST(${value} AS ${type})`);
}

const constantOf = (node: Node | undefined): Tree | undefined => as("A_Const", node) as Tree | undefined;

const at = (node: Tree): number => Number(node.location ?? 0);

function textOf(constant: Tree): string | undefined {
  return isObject(constant.sval) ? String(constant.sval.sval ?? "") : undefined;
}
