/**
 * What a query compares its input columns with: each other, constants, and the types that they are cast to. Rows that are
 * made up for the query come through its joins and filters only if they are made with this in mind.
 */
import { as, nameOf, strings, type BodyOf, type Node } from "../tree.ts";
import type { InputColumn, Value } from "./flow.ts";
import type { Listener } from "./scope.ts";

/** `like` and `regex`: the text is a pattern. `order`: values on both sides of the text are of interest. */
type How = "equal" | "order" | "like" | "regex";

export interface ComparedText {
  readonly column: InputColumn;
  readonly text: string;
  readonly how: How;
}

/** A text that is read as something else: `code::integer`, `to_date(day, 'YYYYMMDD')`. */
export interface ReadAs {
  readonly column: InputColumn;
  /** As in pg_type: int4, date. */
  readonly type: string;
  readonly format?: string;
}

export interface Compared {
  /** Columns whose values are to be equal. */
  readonly pairs: readonly (readonly [InputColumn, InputColumn])[];
  readonly texts: readonly ComparedText[];
  readonly readAs: readonly ReadAs[];
}

const ORDER: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "<>", "@>", "<@"]);
const PATTERNS: Readonly<Record<string, How>> = { "~~": "like", "~~*": "like", "~": "regex", "~*": "regex" };
/** Functions that hand on what a value is told by. */
const THROUGH: ReadonlySet<string> = new Set([
  "lower",
  "upper",
  "trim",
  "btrim",
  "ltrim",
  "rtrim",
  "date_trunc",
  "abs",
]);
const FORMATTED: Readonly<Record<string, string>> = {
  to_date: "date",
  to_timestamp: "timestamptz",
  to_number: "numeric",
};

interface Operand {
  readonly column?: InputColumn;
  readonly text?: string;
  /** Of `extract(year FROM day)`: a year as a day in it. */
  readonly written?: (text: string) => string;
}

/** The values of the project's variables. */
export type Variables = Readonly<Record<string, string>>;

/** Listens to an analysis, and gathers. `current_setting('ctf.run_date')` is a constant, too. */
export function comparedListener(variables: Variables): { readonly listener: Listener; readonly compared: Compared } {
  const pairs: [InputColumn, InputColumn][] = [];
  const texts: ComparedText[] = [];
  const readAs: ReadAs[] = [];

  const compare = (left: Operand, right: Operand, how: How): void => {
    if (left.column && right.column) pairs.push([left.column, right.column]);
    const { column, written } = left.column ? left : right;
    const text = left.column ? right.text : left.text;
    if (column && text !== undefined) texts.push({ column, text: written?.(text) ?? text, how });
  };

  const operator = ({ kind, name, lexpr, rexpr }: BodyOf<"A_Expr">, valueOf: (node: Node) => Value): void => {
    const sign = strings(name).at(-1) ?? "";
    const left = operandOf(lexpr, valueOf, variables);
    const list = as("List", rexpr)?.items ?? as("A_ArrayExpr", uncast(rexpr))?.elements;
    if (list) {
      const how = kind === "AEXPR_BETWEEN" || kind === "AEXPR_NOT_BETWEEN" ? "order" : "equal";
      for (const item of list) compare(left, operandOf(item, valueOf, variables), how);
      return;
    }
    const how = sign === "=" || kind === "AEXPR_NOT_DISTINCT" ? "equal" : ORDER.has(sign) ? "order" : PATTERNS[sign];
    if (how) compare(left, operandOf(rexpr, valueOf, variables), how);
  };

  const cast = (column: InputColumn | undefined, type: string, format?: string): void => {
    if (column) readAs.push({ column, type, ...(format !== undefined && { format }) });
  };

  const listener: Listener = {
    node(node, valueOf) {
      switch (nameOf(node)) {
        case "A_Expr":
          return operator(as("A_Expr", node)!, valueOf);
        case "TypeCast": {
          const { arg, typeName } = as("TypeCast", node)!;
          if (as("ColumnRef", arg)) cast(valueOf(arg!).copyOf, strings(typeName?.names).at(-1) ?? "");
          return;
        }
        case "CaseExpr": {
          const { arg, args = [] } = as("CaseExpr", node)!;
          if (!arg) return;
          const of = operandOf(arg, valueOf, variables);
          for (const when of args) compare(of, operandOf(as("CaseWhen", when)?.expr, valueOf, variables), "equal");
          return;
        }
        case "FuncCall": {
          const { funcname, args = [] } = as("FuncCall", node)!;
          const type = FORMATTED[strings(funcname).at(-1) ?? ""];
          const format = constantText(uncast(args[1]));
          if (type !== undefined && format !== undefined && as("ColumnRef", args[0])) {
            cast(valueOf(args[0]!).copyOf, type, format);
          }
          return;
        }
        default:
          return;
      }
    },
    pair(left, right) {
      if (left.copyOf && right.copyOf) pairs.push([left.copyOf, right.copyOf]);
    },
  };
  return { listener, compared: { pairs, texts, readAs } };
}

function operandOf(node: Node | undefined, valueOf: (node: Node) => Value, variables: Variables): Operand {
  if (!node) return {};
  const text = constantText(node);
  if (text !== undefined) return { text };
  const inner = as("TypeCast", node)?.arg ?? as("CoalesceExpr", node)?.args?.[0];
  if (inner) return operandOf(inner, valueOf, variables);
  const call = as("FuncCall", node);
  if (call) return called(call, (argument) => operandOf(argument, valueOf, variables), variables);
  if (!as("ColumnRef", node)) return {};
  const column = valueOf(node).copyOf;
  return column ? { column } : {};
}

function called(
  { funcname, args = [] }: BodyOf<"FuncCall">,
  operand: (argument: Node | undefined) => Operand,
  variables: Variables,
): Operand {
  const name = strings(funcname).at(-1) ?? "";
  const first = constantText(uncast(args[0])) ?? "";
  if (name === "current_setting") {
    const text = first.startsWith("ctf.") ? variables[first.slice(4)] : undefined;
    return text === undefined ? {} : { text };
  }
  if (name === "extract" || name === "date_part") {
    const written = DAY_OF[first.toLowerCase()];
    const { column } = operand(args[1]);
    return written && column ? { column, written } : {};
  }
  if (name === "date_trunc") {
    const { column, text } = operand(args[1]);
    return column ? { column } : text === undefined ? {} : { text: truncated(first, text) };
  }
  return THROUGH.has(name) ? operand(args[0]) : {};
}

/** The first day of a day's month or year. */
const truncated = (field: string, day: string): string =>
  field === "month"
    ? day.replace(/^(\d{4}-\d\d)-.*$/, "$1-01")
    : field === "year"
      ? day.replace(/^(\d{4})-.*$/, "$1-01-01")
      : day;

const DAY_OF: Readonly<Record<string, (text: string) => string>> = {
  year: (text) => `${text.padStart(4, "0")}-06-15`,
  month: (text) => `2024-${text.padStart(2, "0")}-15`,
};

function uncast(node: Node | undefined): Node | undefined {
  const cast = as("TypeCast", node);
  return cast ? uncast(cast.arg) : node;
}

function constantText(node: Node | undefined): string | undefined {
  const constant = as("A_Const", node);
  if (!constant || constant.isnull) return undefined;
  if (constant.ival) return String(constant.ival.ival ?? 0);
  if (constant.fval) return constant.fval.fval;
  if (constant.boolval) return constant.boolval.boolval ? "true" : "false";
  return constant.sval && (constant.sval.sval ?? "");
}
