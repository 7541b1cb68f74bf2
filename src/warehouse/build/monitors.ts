import { makeLocator } from "../../project/locate.ts";
import { tableText, type FileOutput, type Monitor, type TableOutput } from "../../project/types.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { rowsOf } from "../session/batch.ts";
import { monitorFailed } from "./codes.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";

const LIMITS = ["min", "max", "change"] as const;
type Limit = (typeof LIMITS)[number];

/** Checks the monitors on the rows that are about to be published. @throws DiagnosticError naming every one that fails */
export async function checkMonitors(work: Work, output: TableOutput, rows: number, published: boolean): Promise<void> {
  if (work.planned.monitors.length === 0) return;
  const changes = work.planned.monitors.some((monitor) => monitor.change !== undefined);
  await failOn(work, output, rows, published && changes ? await countRows(work, output) : undefined);
}

/** The same, where the count of the published table's rows is known. */
export async function failOn(
  work: Work,
  output: TableOutput | FileOutput,
  rows: number,
  before: number | undefined,
): Promise<void> {
  const { monitors, file } = work.planned;
  if (monitors.length === 0) return;
  work.enter("monitor");
  const failures = monitors.flatMap((monitor, n) =>
    rowCountProblems(monitor, rows, before).map((problem) => ({ n, ...problem })),
  );
  if (failures.length === 0) return;
  const locate = await makeLocator(work.root);
  const name = output.type === "file" ? output.path : tableText(output);
  throw new DiagnosticError(
    failures.map(({ n, limit, message }) =>
      monitorFailed({
        message: `${name}: ${message}; nothing was published`,
        span: locate(file, { path: ["monitors", n, "row_count", limit] }),
        hint: "Look at what it reads. If so many rows are right after all, change the limit.",
      }),
    ),
  );
}

export async function countRows(work: Work, output: TableOutput): Promise<number> {
  const rows = await rowsOf(work.client, `SELECT pg_catalog.count(*) AS count FROM ${qualified(output)}`);
  return rows[0]?.["count"] as number;
}

/** What a row_count monitor has against a count; `before` is the published table's. */
function rowCountProblems(
  monitor: Monitor,
  rows: number,
  before: number | undefined,
): readonly { readonly limit: Limit; readonly message: string }[] {
  const { min, max, change } = monitor;
  const words = limitWords(monitor);
  return [
    ...(min !== undefined && rows < min ? [{ limit: "min", message: `${rows} rows, ${words.min}` } as const] : []),
    ...(max !== undefined && rows > max ? [{ limit: "max", message: `${rows} rows, ${words.max}` } as const] : []),
    ...(change !== undefined && before !== undefined && Math.abs(rows - before) > change * before
      ? [{ limit: "change", message: `${rows} rows after ${before}, ${words.change}` } as const]
      : []),
  ];
}

/** How its failures end, whatever the count. */
const limitWords = ({ min, max, change = 0 }: Monitor) => ({
  min: `fewer than the ${min} of row_count.min`,
  max: `more than the ${max} of row_count.max`,
  change: `a larger change than the ${change * 100}% of row_count.change`,
});

/** Whether a text is a part of what the monitor may say, whatever it counted. */
export function isMonitorsFailure(monitor: Monitor, text: string): boolean {
  const words = limitWords(monitor);
  const own = text.replace(/^.*\d+ rows(?: after \d+)?, /, "");
  return LIMITS.some((limit) => monitor[limit] !== undefined && words[limit].includes(own));
}

/** As its definition says it: `row_count {min: 5, change: 0.3}`. */
export const limitsText = (monitor: Monitor): string =>
  `row_count {${LIMITS.flatMap((limit) => (monitor[limit] === undefined ? [] : [`${limit}: ${monitor[limit]}`])).join(
    ", ",
  )}}`;
