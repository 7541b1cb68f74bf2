/** Reads the SQL of a check into a `Condition`. What has no common form becomes `unknown`, never something else. */
import { parse } from "../parser.ts";
import { as, type BodyOf, isObject, type Node, strings, unlessTooDeep } from "../tree.ts";
import type { Comparison, Condition, Operand } from "./condition.ts";

const unknown = (node: unknown): Condition => ({ is: "unknown", columns: [...new Set(columnsBelow(node))] });

function columnsBelow(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(columnsBelow);
  if (!isObject(node)) return [];
  const column = as("ColumnRef", node as Node);
  if (column) return strings(column.fields).slice(-1);
  return Object.values(node).flatMap(columnsBelow);
}

/** `loadParser()` has been awaited. */
export function readCondition(sql: string): Condition {
  const parsed = parse(`SELECT (${sql}\n)`);
  if (!parsed.ok || parsed.tree.stmts?.length !== 1) return { is: "unknown", columns: [] };
  const select = as("SelectStmt", parsed.tree.stmts[0]?.stmt);
  const [target, more] = select?.targetList ?? [];
  const read = () => (more ? unknown(select) : conditionOf(as("ResTarget", target)?.val));
  return unlessTooDeep(read, { is: "unknown", columns: [] });
}

function conditionOf(node: Node | undefined): Condition {
  const bool = as("BoolExpr", node);
  if (bool) return boolean(bool);
  const expression = as("A_Expr", node);
  if (expression) return operation(expression);
  const test = as("NullTest", node);
  if (test) {
    const of = operandOf(test.arg);
    return of === undefined
      ? unknown(node)
      : turned({ is: "null", of: of.operand }, test.nulltesttype === "IS_NOT_NULL");
  }
  const truth = as("BooleanTest", node);
  if (truth?.booltesttype === "IS_TRUE") {
    const of = conditionOf(truth.arg);
    const operand = of.is === "true" ? of.of : undefined;
    return operand ? { is: "and", all: [of, { is: "not", of: { is: "null", of: operand } }] } : unknown(node);
  }
  const column = as("ColumnRef", node) && operandOf(node);
  return column ? { is: "true", of: column.operand } : unknown(node);
}

const turned = (condition: Condition, isNot: boolean): Condition => (isNot ? { is: "not", of: condition } : condition);

function boolean({ boolop, args = [] }: BodyOf<"BoolExpr">): Condition {
  const all = args.map(conditionOf);
  if (boolop === "NOT_EXPR") return { is: "not", of: all[0]! };
  return { is: boolop === "OR_EXPR" ? "or" : "and", all };
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
/** Whether the pattern is LIKE's, whether case counts, whether it is denied. */
const PATTERNS: Readonly<Record<string, readonly [how: "regex" | "like", anyCase: boolean, isNot: boolean]>> = {
  "~": ["regex", false, false],
  "~*": ["regex", true, false],
  "!~": ["regex", false, true],
  "!~*": ["regex", true, true],
  "~~": ["like", false, false],
  "~~*": ["like", true, false],
  "!~~": ["like", false, true],
  "!~~*": ["like", true, true],
};

function operation(expression: BodyOf<"A_Expr">): Condition {
  const { kind, name, lexpr, rexpr } = expression;
  const [operator] = strings(name);
  const of = operandOf(lexpr);
  if (!of || operator === undefined) return firstOfMonth(expression, operator);
  const { operand } = of;
  if (kind === "AEXPR_BETWEEN" || kind === "AEXPR_NOT_BETWEEN") {
    const [low, high] = (as("List", rexpr)?.items ?? []).map(operandOf);
    if (!low || !high) return unknown(expression);
    const between: Condition = {
      is: "and",
      all: [compare(operand, ">=", low.operand), compare(operand, "<=", high.operand)],
    };
    return orRoughly(turned(between, kind === "AEXPR_NOT_BETWEEN"), of.rough || low.rough || high.rough, expression);
  }
  const texts = listed(kind, operator, rexpr);
  if (texts) return orRoughly(turned({ is: "in", of: operand, texts }, operator === "<>"), of.rough, expression);
  if (kind !== "AEXPR_OP" && kind !== "AEXPR_LIKE" && kind !== "AEXPR_ILIKE") return unknown(expression);
  const other = operandOf(rexpr);
  if (!other) return firstOfMonth(expression, operator);
  const pattern = PATTERNS[operator];
  if (pattern && other.operand.is === "constant") {
    const [how, anyCase, isNot] = pattern;
    return orRoughly(
      turned({ is: "matches", of: operand, pattern: other.operand.text, how, anyCase }, isNot),
      of.rough,
      expression,
    );
  }
  if (!COMPARISONS.has(operator)) return unknown(expression);
  return orRoughly(compare(operand, operator as Comparison, other.operand), of.rough || other.rough, expression);
}

const compare = (left: Operand, op: Comparison, right: Operand): Condition => ({ is: "compare", left, op, right });

/** Good to make values by, but not to judge them. */
const orRoughly = (condition: Condition, rough: boolean, of: unknown): Condition =>
  rough ? { is: "and", all: [condition, unknown(of)] } : condition;

/** The constants of `IN (…)`, `= ANY (ARRAY[…])` or `<> ALL (ARRAY[…])`. */
function listed(kind: string | undefined, operator: string, node: Node | undefined): readonly string[] | undefined {
  const isArray = (kind === "AEXPR_OP_ANY" && operator === "=") || (kind === "AEXPR_OP_ALL" && operator === "<>");
  if (!isArray && kind !== "AEXPR_IN") return undefined;
  const items = isArray ? as("A_ArrayExpr", uncast(node))?.elements : as("List", node)?.items;
  const constants = (items ?? []).map(operandOf);
  const texts = constants.flatMap((of) => (of?.operand.is === "constant" ? [of.operand.text] : []));
  return texts.length > 0 && texts.length === constants.length ? texts : undefined;
}

function uncast(node: Node | undefined): Node | undefined {
  const cast = as("TypeCast", node);
  return cast ? uncast(cast.arg) : node;
}

/** `date_trunc('month', day) = day`: the first of a month, or at midnight of one. */
function firstOfMonth(expression: BodyOf<"A_Expr">, operator: string | undefined): Condition {
  const { lexpr: left, rexpr: right } = expression;
  if (operator !== "=") return unknown(expression);
  const column = operandOf(left) ?? operandOf(right);
  const [field, of] = [uncast(left), uncast(right)].flatMap((node) => {
    const call = as("FuncCall", node);
    return call && strings(call.funcname).at(-1) === "date_trunc" ? (call.args ?? []) : [];
  });
  const truncated = operandOf(of)?.operand;
  const isMonth = as("A_Const", uncast(field))?.sval?.sval === "month";
  if (!isMonth || column?.operand.is !== "column" || truncated?.is !== "column") return unknown(expression);
  if (column.operand.name !== truncated.name) return unknown(expression);
  const day: Operand = { is: "part", of: column.operand, field: "day" };
  return orRoughly(compare(day, "=", { is: "constant", text: "1" }), true, expression);
}

interface Read {
  readonly operand: Operand;
  /** Something was left out that may change the value. */
  readonly rough: boolean;
}

/** Casts that change no value that is compared. */
const WIDENING: ReadonlySet<string> = new Set(["text", "varchar", "bpchar", "numeric", "float8", "int8"]);
const CALLS = { length: "length", char_length: "length", lower: "lower", upper: "upper", btrim: "trim" } as const;

function operandOf(node: Node | undefined): Read | undefined {
  const constant = as("A_Const", node);
  if (constant) {
    const text = constantText(constant);
    return text === undefined ? undefined : { operand: { is: "constant", text }, rough: false };
  }
  const column = as("ColumnRef", node);
  if (column) {
    const name = strings(column.fields).at(-1);
    return name === undefined ? undefined : { operand: { is: "column", name }, rough: false };
  }
  const cast = as("TypeCast", node);
  if (cast) {
    const of = operandOf(cast.arg);
    const isPlain = cast.typeName?.typmods === undefined;
    const type = strings(cast.typeName?.names).at(-1) ?? "";
    return of && { ...of, rough: of.rough || !(of.operand.is === "constant" || (isPlain && WIDENING.has(type))) };
  }
  const call = as("FuncCall", node);
  return call && called(call);
}

function called({ funcname, args = [] }: BodyOf<"FuncCall">): Read | undefined {
  const name = strings(funcname).at(-1) ?? "";
  if (name === "extract" || name === "date_part") {
    const field = operandOf(args[0])?.operand;
    const of = operandOf(args[1]);
    if (field?.is !== "constant" || !of) return undefined;
    return { operand: { is: "part", of: of.operand, field: field.text.toLowerCase() }, rough: of.rough };
  }
  if (!(name in CALLS) || args.length !== 1) return undefined;
  const of = operandOf(args[0]);
  return of && { operand: { is: "call", name: CALLS[name as keyof typeof CALLS], of: of.operand }, rough: of.rough };
}

function constantText(constant: BodyOf<"A_Const">): string | undefined {
  if (constant.isnull) return undefined;
  if (constant.ival) return String(constant.ival.ival ?? 0);
  if (constant.fval) return constant.fval.fval;
  if (constant.boolval) return constant.boolval.boolval ? "true" : "false";
  return constant.sval && (constant.sval.sval ?? "");
}
