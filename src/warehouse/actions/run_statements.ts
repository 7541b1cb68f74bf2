import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { RunStatements } from "../../plan/types.ts";
import { tableText, type FunctionOutput } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../batch.ts";
import { settingStatements } from "../build/make.ts";
import { checkMonitors } from "../build/monitors.ts";
import { comment, grant } from "../build/table.ts";
import { outputProblems } from "../existing.ts";
import { literal, qualified } from "../names.ts";
import { recordOutput } from "../publish/record.ts";
import { started, succeeded } from "../records/transform_run.ts";
import { inPhase, runSteps, type Step } from "../steps.ts";
import type { Done, Work } from "../work.ts";

/** A person's statements as they are; then their outputs are verified, commented, granted and monitored. */
export async function runStatements(work: Work, action: RunStatements): Promise<Done> {
  await runSteps(work, [started(work.record, null)]);
  return action.oneTransaction ? inOneTransaction(work, action) : oneByOne(work, action);
}

async function inOneTransaction(work: Work, action: RunStatements): Promise<Done> {
  try {
    await runSteps(work, [
      { text: "BEGIN", phase: "build" },
      { text: "SET LOCAL synchronous_commit TO DEFAULT" },
      ...settingStatements(work),
      ...stepsOf(action),
      // The records are written by the role that began.
      { text: "RESET ROLE" },
    ]);
    const done = await verified(work, action);
    await runSteps(work, [...(await afterwards(work, action)), succeeded(work.record), { text: "COMMIT" }]);
    return done;
  } catch (error) {
    await batch(work.client, [{ text: "ROLLBACK" }]).catch(() => {});
    throw error;
  }
}

async function oneByOne(work: Work, action: RunStatements): Promise<Done> {
  const settings = Object.entries(work.planned.settings);
  const set = "SELECT pg_catalog.set_config($1, $2, false)";
  await runSteps(work, [
    { text: "SET synchronous_commit TO DEFAULT", phase: "build" },
    ...settings.map((values): Step => ({ text: set, values })),
  ]);
  for (const step of [...stepsOf(action), { text: "RESET ROLE" }]) await runSteps(work, [step]);
  const done = await verified(work, action);
  await runSteps(work, [...(await afterwards(work, action)), succeeded(work.record)]);
  return done;
}

const stepsOf = (action: RunStatements): readonly Step[] =>
  action.statements.map((code) => ({ text: code.text, phase: "build", origin: { code } }));

async function verified(work: Work, action: RunStatements): Promise<Done> {
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

async function afterwards(work: Work, action: RunStatements): Promise<readonly Step[]> {
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
    steps.push(recordOutput(work, output, []));
  }
  return steps;
}
