/** The words that the reporters for people share. */
import { basename } from "node:path";
import type { RowCounts, RunEvent, RunResult, TransformResult, TransformStatus } from "../../run/events.ts";
import { bytes, count, counted, duration } from "../terminal/numbers.ts";
import { pad } from "../terminal/style.ts";
import type { ReporterOptions } from "./reporter.ts";

/** What is said when a run does not begin soon: its server may have to be started. */
export const OPENING = "Opening the warehouse";
export const OPENING_AFTER_MS = 1000;

/** `+12 ~3 =985 -0` of an upsert, `12,345 rows` of the others; then what files or documents had besides. */
function countsText(counts: RowCounts): string {
  const { rejected, ignored, filesSkipped } = counts;
  return [
    changesText(counts),
    rejected ? `${count(rejected)} rejected` : "",
    ignored ? `${count(ignored)} ignored` : "",
    filesSkipped ? `${counted(filesSkipped, "file")} loaded before` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

function changesText({ rows, inserted, updated, unchanged, deleted }: RowCounts): string {
  const parts = [
    ["+", inserted],
    ["~", updated],
    ["=", unchanged],
    ["-", deleted],
  ] as const;
  const changes = parts.filter(([, n]) => n !== undefined).map(([sign, n]) => `${sign}${count(n!)}`);
  if (changes.length > 0) return changes.join(" ");
  return rows === undefined ? "" : counted(rows, "row");
}

/** How a transform ended, with its problems below; `idWidth` lines several up. */
export function finishedLines(
  result: TransformResult,
  { style, render }: ReporterOptions,
  idWidth: number,
): readonly string[] {
  const { id, status, seconds, counts, because, attempts, diagnostics } = result;
  const indented = diagnostics.length > 0 ? indent(render(diagnostics)) : [];
  const tries = attempts > 1 ? ` after ${attempts} attempts` : "";
  const name = pad(id, idWidth);
  switch (status) {
    case "succeeded": {
      const parts = [`${style.green("✓")} ${name}`, countsText(counts), style.dim(duration(seconds) + tries)];
      return [parts.filter((part) => part !== "").join("  "), ...indented];
    }
    case "failed":
      return [
        `${style.red("✗")} ${name}  ${style.red("failed")}  ${style.dim(duration(seconds) + tries)}`,
        ...indented,
      ];
    case "skipped":
      return [
        `${style.yellow("–")} ${name}  skipped${because === undefined ? "" : ` because ${because} failed`}`,
        ...indented,
      ];
    case "interrupted":
      // What had not begun is only counted, in the summary.
      if (attempts === 0) return [];
      return [`${style.yellow("■")} ${name}  interrupted  ${style.dim(duration(seconds))}`, ...indented];
  }
}

/** How far a phase is: rows where PostgreSQL tells them, else a share. */
export function progressText({ done, total, unit }: Extract<RunEvent, { type: "progress" }>): string {
  const share = total !== undefined && total > 0 ? `${Math.min(100, Math.floor((100 * done) / total))}%` : "";
  const amount = unit === "rows" ? counted(done, "row") : unit === "bytes" ? bytes(done) : "";
  return [amount, share].filter((part) => part !== "").join(" · ");
}

/** The end of a run: how many of what, how long, and where to look next. `asked` is how many transforms it was for. */
export function summaryLines(result: RunResult, asked: number, { style, resume }: ReporterOptions): readonly string[] {
  const { run, status, seconds, transforms } = result;
  const of = (wanted: TransformStatus) => transforms.filter((t) => t.status === wanted);
  const built = of("succeeded");
  const rows = built.reduce((sum, t) => sum + (t.counts.rows ?? 0), 0);
  if (status === "succeeded") {
    const size = rows > 0 ? `, ${counted(rows, "row")}` : "";
    return [
      "",
      `${style.green("✓")} ${style.bold(`${counted(built.length, "transform")} succeeded in ${duration(seconds)}${size}.`)}`,
      style.dim("  Look around: ctf ls · ctf show TRANSFORM · ctf history"),
    ];
  }
  const interrupted = of("interrupted").filter((t) => t.attempts > 0).length;
  const failed = of("failed");
  const parts = [
    [failed.length, "failed"],
    [interrupted, "interrupted"],
    [of("skipped").length, "skipped"],
    [built.length, "succeeded"],
    [asked - built.length - failed.length - interrupted - of("skipped").length, "not started"],
  ] as const;
  const numbers = parts.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
  const head =
    status === "failed"
      ? `${style.red("✗")} ${style.bold(`${numbers.join(", ")} in ${duration(seconds)}.`)}`
      : `${style.yellow("■")} ${style.bold(`Interrupted after ${duration(seconds)}: ${numbers.join(", ")}.`)}`;
  return [
    "",
    head,
    ...failed.slice(0, 10).map((t) => `  ${style.red("✗")} ${reasonOf(t)}`),
    ...(failed.length > 10 ? [`  and ${failed.length - 10} more`] : []),
    `  ${status === "failed" ? "Once that is mended" : "To go on"}: ${resume}`,
    result.logIncomplete
      ? style.yellow(`  Not all of it could be written to .ctf/runs/${run}.jsonl: is the disk full?`)
      : style.dim(`  The whole story: .ctf/runs/${run}.jsonl${failed[0] ? ` · ctf history ${failed[0].id}` : ""}`),
  ];
}

/** Some messages begin with the transform's name: as that of its output, most often. */
function reasonOf({ id, diagnostics }: RunResult["transforms"][number]): string {
  const message = diagnostics[0]?.message ?? "see above";
  return message.startsWith(`${id}: `) ? message : `${id}: ${message}`;
}

export const startedLine = ({ transforms, target, resumed }: Extract<RunEvent, { type: "run_started" }>): string =>
  `Running ${counted(transforms.length, "transform")} on ${target}${resumed === undefined ? "" : `, going on with run ${resumed}`}.`;

/** Wide enough for most names of the run, so that what follows them lines up. */
export const idWidthOf = (ids: readonly string[]): number => Math.min(48, Math.max(0, ...ids.map((id) => id.length)));

/** Events between a transform's start and end that people want to know of, in every form of display; warnings come with its end. */
export function noteLines(event: RunEvent, options: ReporterOptions): readonly string[] {
  const { style } = options;
  switch (event.type) {
    case "retrying":
      return [
        `${style.yellow("↻")} ${event.id}  attempt ${event.attempt} in ${duration(event.seconds)}: ${event.diagnostic.message}`,
      ];
    case "printed":
    case "logged":
      return [saidLine(event, options)];
    case "interrupting":
      return [
        event.hard ? "Stopping at once." : "Interrupting: cancelling what runs. Press Ctrl-C again to stop at once.",
      ];
    default:
      return [];
  }
}

/** `score.py:7 printed a line (34 characters)`; the words themselves only where they may be shown. */
function saidLine(event: Extract<RunEvent, { type: "printed" | "logged" }>, { style, said }: ReporterOptions): string {
  const place = event.where ? `${basename(event.where.file)}:${event.where.line} ` : "";
  const words = said(event)?.replaceAll(/\p{Cc}/gu, " ");
  const template = event.type === "logged" ? event.template.replaceAll(/\p{Cc}/gu, " ") : "";
  const masked = template || `${event.type} a line (${counted(event.characters, "character")})`;
  const urgent = event.type === "logged" && (event.level === "warning" || event.level === "error");
  return `${urgent ? style.yellow("!") : style.dim("·")} ${event.id}  ${style.dim(place)}${words ?? masked}`;
}

const indent = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`));
