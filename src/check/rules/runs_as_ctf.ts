import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { Path } from "../../project/problem.ts";
import { isolationOf, tableText, type TableOutput, type Transform } from "../../project/types.ts";
import { functionsCalled } from "../../sql/questions/function_calls.ts";
import { made, statements } from "./example_files.ts";
import type { Facts, Rule, RuleFinding } from "./rule.ts";

const project = (body: string, inputs = "") => ({
  ...made("claims", "codes"),
  ...statements(
    "claims",
    "known",
    `${inputs}output: {function: claims.known, arguments: [bigint]}\n`,
    `CREATE OR REPLACE FUNCTION claims.known(bigint) RETURNS boolean LANGUAGE sql AS '${body}';`,
  ),
  "pipelines/claims/paid.yaml":
    "kind: upsert\noutput:\n  table: claims.paid\n  columns: [{name: claim_id, type: bigint}]\n  primary_key: [claim_id]\n  constraints: [{name: known, check: claims.known(claim_id)}]\n",
  "pipelines/claims/paid.sql": "SELECT 1::bigint AS claim_id\n",
});
const runsAsCtf = defineCode({
  code: "CTF242",
  name: "runs-as-ctf",
  severity: "warning",
  what: "An expression of a table's definition calls a function that reads tables, changes some, or does what nobody can see.",
  why: "PostgreSQL runs defaults, checks and index expressions as whoever writes the rows or analyzes the table. That is CTF's own role wherever it does so, which may read everything: `isolation: role` can't refuse it.",
  todo: "Let the function look at its arguments alone. What other tables know belongs in the SELECT, where it is declared as an input.",
  bad: project("SELECT EXISTS (SELECT FROM claims.codes c WHERE c.claim_id = $1)", "inputs:\n  - transform: codes\n"),
  good: project("SELECT $1 > 0"),
});

/** Only functions that transforms make: what others put into the warehouse, they answer for. */
export const runsAsCtfRule: Rule = {
  codes: [runsAsCtf],
  check(facts) {
    // Where nothing is isolated, all SQL runs as CTF.
    if (facts.project.targets.every((target) => isolationOf(target) === "none")) return [];
    const functions = farReaching(facts);
    if (functions.size === 0) return [];
    return facts.project.transforms.flatMap((transform) => {
      const [output] = transform.outputs;
      if (output?.type !== "table" || transform.codeHolds === "statements" || transform.madeElsewhere) return [];
      return expressionsOf(output).flatMap(({ path, text, what }) =>
        calledIn(text, functions).map((called) => finding(transform, path, what, called)),
      );
    });
  },
};

interface FarReaching {
  /** `schema.name()` */
  readonly text: string;
  readonly does: string;
  readonly maker: Transform;
}

/** Functions that transforms make and whose bodies are more than a computation, by name. */
function farReaching({ project: { transforms }, uses }: Facts): ReadonlyMap<string, FarReaching> {
  const found = new Map<string, FarReaching>();
  for (const maker of transforms) {
    const own = uses.get(maker.id);
    if (!own) continue;
    const [read] = own.reads;
    const changed = own.writes.find(({ how }) => how === "changes");
    const does = read
      ? `reads ${read.schema ?? "?"}.${read.name}`
      : changed
        ? `changes ${changed.schema ?? "?"}.${changed.name}`
        : own.opaque.length > 0
          ? "may read or change anything"
          : undefined;
    if (does === undefined) continue;
    for (const output of maker.outputs) {
      if (output.type === "function") found.set(tableText(output), { text: `${tableText(output)}()`, does, maker });
    }
  }
  return found;
}

interface Expression {
  readonly path: Path;
  readonly text: string;
  readonly what: string;
}

const expressionsOf = ({ columns, constraints, indexes }: TableOutput): readonly Expression[] => [
  ...columns.flatMap(({ name, default: text }, i) =>
    text === undefined ? [] : [{ path: ["output", "columns", i, "default"], text, what: `the default of ${name}` }],
  ),
  ...constraints.map(({ name, check: text }, i) => ({
    path: ["output", "constraints", i, "check"],
    text,
    what: `constraint ${name}`,
  })),
  ...indexes.flatMap(({ keys, where }, i) => {
    const path = ["output", "indexes", i] as const;
    const what = "an index";
    return [
      ...keys.flatMap(({ expression: text }, j) =>
        text === undefined ? [] : [{ path: [...path, "columns", j, "expression"], text, what }],
      ),
      ...(where === undefined ? [] : [{ path: [...path, "where"], text: where, what }]),
    ];
  }),
];

function calledIn(text: string, functions: ReadonlyMap<string, FarReaching>): readonly FarReaching[] {
  // Looking for a name first spares most expressions the tree.
  if (![...functions.keys()].some((name) => text.includes(name.slice(name.indexOf(".") + 1)))) return [];
  return functionsCalled(text).flatMap(({ schema = "public", name }) => functions.get(`${schema}.${name}`) ?? []);
}

const finding = (transform: Transform, path: Path, what: string, { text, does, maker }: FarReaching): RuleFinding => ({
  file: transform.file,
  transform: transform.id,
  problem: {
    code: runsAsCtf,
    path,
    message: `${what} calls ${text}, whose file ${does}; here that happens with CTF's rights`,
    hint: `Let ${text} look at its arguments alone (${maker.codeFile ?? maker.file}), and what other tables know be part of the SELECT.`,
  },
});
