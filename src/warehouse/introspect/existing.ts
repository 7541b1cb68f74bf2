/** What stands in the warehouse under the outputs' names, held against their declarations. */
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tableText, type Output, type TableName, type TableOutput } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { notATable, outputMissing } from "../codes.ts";
import { columnProblems } from "../build/verify_columns.ts";
import { describe } from "../session/describe.ts";
import { qualified } from "../names.ts";
import type { Relation } from "../publish/relation.ts";
import type { Work } from "../work.ts";

const kindNames: Readonly<Record<string, string>> = {
  r: "a table",
  v: "a view",
  m: "a materialized view",
  p: "a partitioned table",
  f: "a foreign table",
  S: "a sequence",
  c: "a composite type",
  i: "an index",
};

/** CTF replaces tables only. */
export function kindProblems(work: Work, output: TableOutput, old: Relation): readonly Diagnostic[] {
  if (old.kind === "r") return [];
  const kind = kindNames[old.kind] ?? "something else";
  return [
    notATable({
      message: `${tableText(output)} is ${kind} in the warehouse, and CTF was to make a table of that name`,
      span: work.span,
      hint: "Drop it, or give the output another name.",
    }),
  ];
}

export function refuseOtherKinds(work: Work, output: TableOutput, old: Relation | undefined): void {
  const problems = old ? kindProblems(work, output, old) : [];
  if (problems.length > 0) throw new DiagnosticError(problems);
}

/** Every output that is missing or not as declared. */
export async function outputProblems(
  work: Pick<Work, "client" | "span">,
  outputs: readonly Output[],
): Promise<readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const output of outputs) {
    if (output.type === "function") problems.push(...(await functionProblems(work, output, output.arguments)));
    if (output.type === "table" || output.type === "view") problems.push(...(await relationProblems(work, output)));
  }
  return problems;
}

async function relationProblems(
  work: Pick<Work, "client" | "span">,
  output: Extract<Output, { type: "table" | "view" }>,
): Promise<readonly Diagnostic[]> {
  const rows = await rowsOf(
    work.client,
    `SELECT c.relkind::text AS kind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [output.schema, output.name],
  );
  const kind = rows[0]?.["kind"] as string | undefined;
  const fits = output.type === "table" ? ["r", "p", "f"] : ["v", "m"];
  if (kind === undefined || !fits.includes(kind)) {
    const what = kind === undefined ? "does not exist" : `is ${kindNames[kind] ?? "something else"}`;
    return [
      outputMissing({ message: `${output.type} ${tableText(output)} ${what} in the warehouse`, span: work.span }),
    ];
  }
  if (output.columns.length === 0) return [];
  const given = await describe(work.client, `SELECT * FROM ${qualified(output)}`);
  return columnProblems(work.client, output, given, { giver: `the ${output.type} in the warehouse`, span: work.span });
}

async function functionProblems(
  work: Pick<Work, "client" | "span">,
  name: TableName,
  args: readonly string[] | undefined,
): Promise<readonly Diagnostic[]> {
  const signature = args ? `${qualified(name)}(${args.join(", ")})` : qualified(name);
  const rows = await rowsOf(
    work.client,
    `SELECT pg_catalog.${args ? "to_regprocedure" : "to_regproc"}($1) IS NOT NULL
       OR ($2 AND EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                          WHERE n.nspname = $3 AND p.proname = $4)) AS there`,
    [signature, args === undefined, name.schema, name.name],
  );
  if (rows[0]?.["there"]) return [];
  return [
    outputMissing({
      message: `function ${tableText(name)}${args ? `(${args.join(", ")})` : ""} does not exist in the warehouse`,
      span: work.span,
    }),
  ];
}
