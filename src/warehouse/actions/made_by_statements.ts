/** The steps of a person's statements, and what is done about their outputs: verified, counted, commented, granted, recorded. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { RunStatements } from "../../plan/types.ts";
import { tableText, type FunctionOutput } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { checkMonitors } from "../build/monitors.ts";
import { comment, grant } from "../build/table.ts";
import { outputProblems } from "../introspect/existing.ts";
import { literal, qualified } from "../names.ts";
import { recordOutput } from "../publish/record.ts";
import { inPhase, type Step } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";

export const stepsOf = (action: RunStatements): readonly Step[] =>
  action.statements.map((code) => ({ text: code.text, phase: "build", origin: { code } }));

export async function verified(work: Work, action: RunStatements): Promise<Done> {
  const problems = await outputProblems(work, action.outputs);
  if (problems.length > 0) throw new DiagnosticError(problems);
  const tables = action.outputs.filter((output) => output.type === "table");
  const counted = tables.length === 1 || work.planned.monitors.length > 0;
  if (!counted) return { counts: {} };
  let total = 0;
  for (const table of tables) {
    const [row] = await rowsOf(work.client, `SELECT pg_catalog.count(*) AS count FROM ${qualified(table)}`);
    const rows = row?.["count"] as number;
    total += rows;
    await checkMonitors(work, table, rows, false);
  }
  return { counts: tables.length ? { rows: total } : {} };
}

function commentOnFunction(output: FunctionOutput): readonly Statement[] {
  if (output.description === undefined) return [];
  const signature = output.arguments ? `(${output.arguments.join(", ")})` : "";
  return [{ text: `COMMENT ON ROUTINE ${qualified(output)}${signature} IS ${literal(output.description)}` }];
}

/** How COMMENT ON calls what a table or view of the definition can be. */
const words: Readonly<Record<string, string>> = { v: "VIEW", m: "MATERIALIZED VIEW", f: "FOREIGN TABLE" };

export async function afterwards(work: Work, action: RunStatements): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const output of action.outputs) {
    if (output.type === "function") steps.push(...inPhase("constrain", commentOnFunction(output)));
    if (output.type !== "table" && output.type !== "view") continue;
    const [row] = await rowsOf(
      work.client,
      "SELECT c.relkind::text AS kind FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)",
      [qualified(output)],
    );
    const kind = words[row?.["kind"] as string] ?? "TABLE";
    const statements = [...comment(output, output, kind), ...grant(output, output.grants)];
    steps.push(...inPhase("constrain", statements, { table: tableText(output), span: work.span }));
    steps.push(recordOutput(work, output, { made: [] }));
  }
  return steps;
}
