/** Every place of a passage of SQL where the clock is read, found in its tree and edited in its text. */
import { columnName } from "../lineage/column_name.ts";
import { bodyPassages } from "../mentions/bodies.ts";
import { parse } from "../parser.ts";
import { tokenAt, type Passage } from "../passage.ts";
import { quoted } from "../quoted.ts";
import { closing } from "../tokens.ts";
import { as, isNodeName, isObject, type Node, type Tree } from "../tree.ts";
import { builtinName, functionOf, MAKE_UNIQUE, readingOf, targetOf, valueOf } from "./clock.ts";
import { bareWord, inCast, inColumn, inComparison, inConversion, inInsert, inSet, inTyped } from "./literals.ts";
import { edit, unfreezable, type Search } from "./search.ts";
import { endOfTarget } from "./target_end.ts";

/** False if it does not parse. `type`: of the one expression that the passage is. */
export function freezePassage(asked: Omit<Search, "done">, type?: string): boolean {
  const { passage } = asked;
  const parsed = parse(passage.text);
  if (!parsed.ok) return false;
  const search: Search = { ...asked, done: new Set() };
  if (passage.isExpression) {
    const target = as("SelectStmt", parsed.tree.stmts?.[0]?.stmt)?.targetList?.[0];
    const result = as("ResTarget", target);
    if (result) search.done.add(result); // it is no column, so it needs no name
    if (type !== undefined) inColumn(search, type, result?.val);
  }
  for (const { stmt } of parsed.tree.stmts ?? []) visit(search, stmt);
  return true;
}

function visit(search: Search, node: unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(search, item);
    return;
  }
  if (!isObject(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (isNodeName(key) && isObject(value)) inNode(search, key, value);
    else if (isObject(value)) visit(search, value);
  }
}

function inNode(search: Search, kind: string, body: Tree): void {
  switch (kind) {
    case "A_Const":
      bareWord(search, body);
      return;
    case "TypeCast":
      inCast(search, body);
      break;
    case "A_Expr":
    case "CoalesceExpr":
    case "MinMaxExpr":
      inComparison(search, kind, body);
      break;
    case "ColumnDef":
      inTyped(search, targetOf(body.typeName), defaultOf(body));
      break;
    case "InsertStmt":
      inInsert(search, body);
      break;
    case "UpdateStmt":
    case "MergeWhenClause":
      inSet(search, body.targetList as readonly Node[] | undefined);
      break;
    case "RangeFunction":
      inFrom(search, body);
      break;
    case "SQLValueFunction":
    case "FuncCall":
      inCall(search, kind, body);
      break;
    case "CreateFunctionStmt":
    case "DoStmt":
      inBody(search, body);
  }
  visit(search, body);
  if (kind === "ResTarget") keepName(search, body);
}

const defaultOf = ({ constraints }: Tree): Node | undefined =>
  (constraints as readonly Node[] | undefined)
    ?.map((node) => as("Constraint", node))
    .find((constraint) => constraint?.contype === "CONSTR_DEFAULT")?.raw_expr;

function inCall(search: Search, kind: string, body: Tree): void {
  if (search.done.has(body)) return;
  const at = Number(body.location ?? 0);
  const reading = readingOf(kind, body);
  if (reading) {
    search.done.add(body);
    const end = endOfCall(search.passage, at);
    edit(search, at, end, valueOf(reading, search.instant) + gap(search.passage, end));
    return;
  }
  const name = kind === "FuncCall" ? builtinName(body.funcname as readonly Node[]) : undefined;
  if (name !== undefined) inConversion(search, name, body.args as readonly Node[] | undefined);
  if (name === "age") inAge(search, body.args as readonly Node[] | undefined, at);
  if (name !== undefined && MAKE_UNIQUE.has(name)) {
    unfreezable(search, `the time in what ${name}() makes`, at, "perhaps");
  }
}

/** age(x) is age(CURRENT_DATE, x). Of a transaction's number it has nothing to do with time. */
function inAge(search: Search, args: readonly Node[] | undefined, at: number): void {
  if (args?.length !== 1 || /(^xm(in|ax)|xid)$/.test(columnName(args[0]))) return;
  const tokens = search.passage.tokens();
  const open = tokens.find((token, n) => n > tokenAt(tokens, at) && token.text === "(");
  if (open) edit(search, open.end, open.end, `${search.instant}::date, `);
}

/** The call's end: of `now ( )`, `pg_catalog.now()`, `CURRENT_TIME(3)`, `CURRENT_DATE`. */
function endOfCall(passage: Passage, at: number): number {
  const tokens = passage.tokens();
  let n = tokenAt(tokens, at);
  while (tokens[n + 1]?.text === ".") n += 2;
  return tokens[n + 1]?.text === "(" ? tokens[closing(tokens, n + 1)]!.end : (tokens[n]?.end ?? at);
}

/** `now()AS x` is well, `timestamptzAS x` is not. */
function gap(passage: Passage, end: number): string {
  const tokens = passage.tokens();
  const next = tokens[tokenAt(tokens, end)];
  return next?.start === end && /^\w/.test(next.text) ? " " : "";
}

/** `FROM now()`: only a call may stand there, and its name is the column's. */
function inFrom(search: Search, body: Tree): void {
  for (const list of body.functions as readonly Node[]) {
    const call = as("List", list)?.items?.[0];
    for (const [kind, value] of Object.entries(call ?? {}) as [string, unknown][]) {
      const reading = isObject(value) ? readingOf(kind, value) : undefined;
      if (!isObject(value) || !reading) continue;
      const at = Number(value.location ?? 0);
      search.done.add(value);
      if (body.is_rowsfrom || (body.ordinality && !body.alias)) {
        unfreezable(search, `${columnName(call)} in this way of naming it in FROM`, at, "clock");
        continue;
      }
      const alias = body.alias ? "" : ` AS ${quoted(columnName(call))}`;
      const end = endOfCall(search.passage, at);
      edit(search, at, end, functionOf(reading, search.instant) + alias + gap(search.passage, end));
    }
  }
}

/** A column without AS is called after its function: `SELECT now()`. */
function keepName(search: Search, target: Tree): void {
  if (target.name !== undefined || search.done.has(target)) return;
  const value = target.val as Node | undefined;
  const leaf = namesIt(value);
  if (!leaf || !search.done.has(leaf)) return;
  const end = endOfTarget(search.passage.tokens(), Number(target.location ?? 0));
  edit(search, end, end, ` AS ${quoted(columnName(value))}`);
}

/** The call that a value is named after; as in lineage/column_name.ts. */
function namesIt(node: Node | undefined): object | undefined {
  const inner =
    as("TypeCast", node)?.arg ??
    as("CollateClause", node)?.arg ??
    as("CaseExpr", node)?.defresult ??
    as("A_Indirection", node)?.arg;
  if (inner) return namesIt(inner);
  return as("FuncCall", node) ?? as("SQLValueFunction", node);
}

function inBody(search: Search, statement: Tree): void {
  const { inside, blind } = bodyPassages(search.passage, statement);
  const add = (what: string, at: number): void => {
    search.found.unfreezable.push({ what, at, reads: "perhaps" });
  };
  for (const { what, at } of blind) add(what, at);
  for (const { passage, what, at } of inside) {
    if (!freezePassage({ ...search, passage })) add(what, at);
  }
}
