import { type Command, InvalidArgumentError } from "commander";
import { findTransform, isDiagnostic } from "../../graph/names.ts";
import type { PastRun, PastTransformRun } from "../../warehouse/records/history.ts";
import { type CliContext, UsageError } from "../context.ts";
import { ago, count, duration } from "../terminal/numbers.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { findTarget } from "../asked/targets.ts";

interface Drawing {
  readonly style: Style;
  readonly now: Date;
  readonly width: number | undefined;
}

const taken = (seconds: number | null): string => (seconds === null ? "" : duration(seconds));
const since = (at: string | null, now: Date): string => (at === null ? "" : ago(new Date(at), now));

export function drawRuns(runs: readonly PastRun[], { style, now, width }: Drawing): readonly string[] {
  const columns = [
    { title: "run", from: 116 },
    { title: "when" },
    { title: "status" },
    { title: "target", min: 8, from: 100 },
    { title: "selection", min: 12 },
    { title: "ok", right: true, from: 60 },
    { title: "failed", right: true, from: 60 },
    { title: "skipped", right: true, from: 80 },
    { title: "took", right: true, from: 60 },
    { title: "who", min: 6, from: 80 },
  ];
  const rows = runs.map((r) => [
    r.run,
    since(r.startedAt, now),
    r.status,
    r.target,
    r.selection,
    count(r.succeeded),
    count(r.failed),
    count(r.skipped + r.interrupted),
    taken(r.seconds),
    r.who,
  ]);
  return table(columns, rows, style, width);
}

export function drawTransformRuns(
  runs: readonly PastTransformRun[],
  { style, now, width }: Drawing,
): readonly string[] {
  const columns = [
    { title: "run", from: 116 },
    { title: "when" },
    { title: "status" },
    { title: "target", min: 8, from: 100 },
    { title: "rows", right: true },
    { title: "changes", min: 8, from: 80 },
    { title: "took", right: true, from: 60 },
    { title: "slowest phase", min: 10, from: 100 },
    { title: "problems", min: 8, from: 60 },
    { title: "who", min: 6, from: 80 },
  ];
  const rows = runs.map((r) => [
    r.run,
    since(r.startedAt, now),
    r.status === "built" ? "built, not published" : r.status,
    r.target,
    r.rows === null ? "" : count(r.rows),
    changes(r),
    taken(r.seconds),
    slowest(r.phases),
    r.codes.join(" "),
    r.who,
  ]);
  return table(columns, rows, style, width);
}

function changes({ inserted, updated, unchanged, deleted, rejected, ignored }: PastTransformRun): string {
  const merged = inserted === null ? "" : `+${inserted} ~${updated} =${unchanged} -${deleted}`;
  return [merged, rejected ? `${count(rejected)} rejected` : "", ignored ? `${count(ignored)} ignored` : ""]
    .filter(Boolean)
    .join(", ");
}

function slowest(phases: PastTransformRun["phases"]): string {
  const [first] = Object.entries(phases ?? {}).sort(([, a], [, b]) => b - a);
  return first ? `${first[0]} ${duration(first[1])}` : "";
}

interface Flags {
  readonly target?: string;
  readonly limit: number;
  readonly json?: boolean;
}

async function history(context: CliContext, name: string | undefined, flags: Flags): Promise<void> {
  const { project, diagnostics } = await context.loadProject();
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const transform = name === undefined ? undefined : findTransform(project, name, { cwd: context.cwd });
  if (transform && isDiagnostic(transform)) throw new UsageError([transform]);
  const [{ connect, openTarget }, { pastRuns, pastTransformRuns }] = await Promise.all([
    import("../../warehouse/session/connect.ts"),
    import("../../warehouse/records/history.ts"),
  ]);
  const client = await connect((await openTarget(project, target, context.env)).url);
  const drawing = {
    style: styleFor(context.color),
    now: new Date(),
    width: context.isTTY.stdout ? context.stdout.columns : undefined,
  };
  try {
    const whose = { project: project.name, ...(flags.target !== undefined && { target: target.name }) };
    const of = transform && { ...whose, transform: transform.id };
    const runs = of ? undefined : await pastRuns(client, whose, flags.limit);
    const ofTransform = of ? await pastTransformRuns(client, of, flags.limit) : undefined;
    if (flags.json) writeJson(context, runs ? { runs } : { transformRuns: ofTransform });
    else if ((runs ?? ofTransform)?.length === 0) {
      context.stderr.write(`Nothing has run on ${target.name} yet${transform ? ` for ${transform.id}` : ""}.\n`);
    } else {
      const lines = runs ? drawRuns(runs, drawing) : drawTransformRuns(ofTransform ?? [], drawing);
      context.stdout.write(`${lines.join("\n")}\n`);
    }
  } finally {
    await client.end();
  }
  mentionProblems(context, diagnostics);
}

function limit(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return Number(text);
}

export function register(program: Command, context: CliContext): void {
  program
    .command("history")
    .summary("what has run, from the warehouse's records")
    .description(
      "Shows the project's last runs, or one transform's: status, rows, times by phase, who. With --json also the query plans.",
    )
    .argument("[transform]", "only this transform")
    .option("--limit <n>", "how many", limit, 20)
    .option("--target <target>", "only what has run on this target; else all that its warehouse knows")
    .option("--json", "print JSON")
    .action((name: string | undefined, flags: Flags) => history(context, name, flags));
}
