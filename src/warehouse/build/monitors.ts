import { tableText, type FileOutput, type Monitor, type TableOutput } from "../../project/types.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { rowsOf } from "../batch.ts";
import { monitorFailed } from "../codes.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";

/** Checks the monitors on the rows that are about to be published. @throws DiagnosticError naming every one that fails */
export async function checkMonitors(work: Work, output: TableOutput, rows: number, published: boolean): Promise<void> {
  if (work.planned.monitors.length === 0) return;
  const changes = work.planned.monitors.some((monitor) => monitor.change !== undefined);
  failOn(work, output, rows, published && changes ? await countRows(work, output) : undefined);
}

/** The same, where the count of the published table's rows is known. */
export function failOn(work: Work, output: TableOutput | FileOutput, rows: number, before: number | undefined): void {
  if (work.planned.monitors.length === 0) return;
  work.enter("monitor");
  const name = output.type === "file" ? output.path : tableText(output);
  const problems = work.planned.monitors
    .flatMap((monitor) => rowCountProblems(monitor, rows, before))
    .map((message) => monitorFailed({ message: `${name}: ${message}; nothing was published`, span: work.span }));
  if (problems.length > 0) throw new DiagnosticError(problems);
}

export async function countRows(work: Work, output: TableOutput): Promise<number> {
  const rows = await rowsOf(work.client, `SELECT pg_catalog.count(*) AS count FROM ${qualified(output)}`);
  return rows[0]?.["count"] as number;
}

/** What a row_count monitor has against a count; `before` is the published table's. */
function rowCountProblems(monitor: Monitor, rows: number, before: number | undefined): readonly string[] {
  const problems: string[] = [];
  if (monitor.min !== undefined && rows < monitor.min)
    problems.push(`${rows} rows, fewer than the ${monitor.min} of row_count.min`);
  if (monitor.max !== undefined && rows > monitor.max)
    problems.push(`${rows} rows, more than the ${monitor.max} of row_count.max`);
  if (monitor.change !== undefined && before !== undefined && Math.abs(rows - before) > monitor.change * before) {
    problems.push(
      `${rows} rows after ${before}, a larger change than the ${monitor.change * 100}% of row_count.change`,
    );
  }
  return problems;
}
