import { defineCode } from "../../diagnostics/diagnostic.ts";
import { as, isObject, strings, type BodyOf, type Node, unlessTooDeep } from "../tree.ts";
import { exampleOf, type Finding, type Hint } from "./hint.ts";

const BAD = "SELECT claim_id FROM h.claims WHERE paid = NULL";
const GOOD = "SELECT claim_id FROM h.claims WHERE paid IS NULL";

const code = defineCode({
  code: "CTF332",
  name: "null-comparison",
  severity: "warning",
  what: "Something is compared with NULL by =, <> or another operator.",
  why: "The result is NULL, whatever is compared, so the condition is never true.",
  todo: "Use IS NULL, IS NOT NULL or IS DISTINCT FROM.",
  bad: exampleOf(BAD),
  good: exampleOf(GOOD),
});

const COMPARISONS = new Set(["=", "<>", "<", ">", "<=", ">="]);

export const nullComparison: Hint = {
  code,
  bad: BAD,
  good: GOOD,
  find({ select }) {
    const found: Finding[] = [];
    unlessTooDeep(() => walk(select, found), undefined);
    return found;
  },
};

function walk(node: unknown, found: Finding[]): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, found);
    return;
  }
  if (!isObject(node)) return;
  for (const [key, body] of Object.entries(node)) {
    if (key === "A_Expr") look(body as BodyOf<"A_Expr">, found);
    walk(body, found);
  }
}

function look({ kind, name, lexpr, rexpr, location = 0 }: BodyOf<"A_Expr">, found: Finding[]): void {
  const operator = strings(name).at(-1) ?? "";
  if (kind === "AEXPR_OP" && COMPARISONS.has(operator) && (isNull(lexpr) || isNull(rexpr))) {
    const instead = operator === "=" ? "IS NULL" : operator === "<>" ? "IS NOT NULL" : "IS NULL or IS NOT NULL";
    const message = `${operator} NULL is never true, and never false`;
    found.push({ offset: location, message, hint: `write ${instead}` });
  }
  if (kind === "AEXPR_IN" && as("List", rexpr)?.items?.some(isNull)) {
    const message =
      operator === "=" ? "NULL in this list matches nothing" : "NULL in this list makes NOT IN true of no row";
    found.push({ offset: location, message, hint: "take NULL out of the list and ask for it with IS NULL" });
  }
}

const isNull = (node: Node | undefined): boolean => as("A_Const", node)?.isnull === true;
