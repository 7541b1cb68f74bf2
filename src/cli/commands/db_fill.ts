import type { Command } from "commander";
import { DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { badCount, badSample, nothingLocal } from "../../generate/codes.ts";
import type { Filled, FillOptions } from "../../generate/fill/fill.ts";
import { findPipeline, isDiagnostic } from "../../graph/names.ts";
import type { LoadedProject } from "../../project/load.ts";
import type { Project } from "../../project/types.ts";
import { type CliContext, EXIT, UsageError } from "../context.ts";
import { count, counted } from "../terminal/numbers.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { findTarget } from "../asked/targets.ts";

interface Flags {
  readonly rows: string;
  readonly seed: string;
  readonly from?: string;
  readonly json?: boolean;
}

const MOST_ROWS = 1_000_000;

function numberOf(text: string, option: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  const message = `${option} must be a whole number from ${least} to ${count(most)}, not ${text}`;
  throw new UsageError([badCount({ message })]);
}

/** Made-up rows belong on nobody's warehouse but one's own. */
function embeddedTarget(project: Project): void {
  if (project.targets.some(({ type }) => type === "embedded")) return;
  throw new DiagnosticError([
    nothingLocal({
      message: "no target of ctf.yaml is embedded, and rows are made up only in the database on this machine",
      hint: 'Add "local: {embedded: true}" under targets.',
    }),
  ]);
}

function pipelineName(project: Project, typed: string | undefined, cwd: string): string | undefined {
  if (typed === undefined) return undefined;
  const found = findPipeline(project, typed, cwd);
  if (isDiagnostic(found)) throw new UsageError([found]);
  return found.name;
}

async function run(context: CliContext, typed: string | undefined, flags: Flags): Promise<void> {
  const rows = numberOf(flags.rows, "--rows", 1, MOST_ROWS);
  const seed = numberOf(flags.seed, "--seed", 0, 2 ** 31 - 1);
  const loaded = await context.loadProject();
  const { project, diagnostics } = loaded;
  const pipeline = pipelineName(project, typed, context.cwd);
  embeddedTarget(project);
  const say = (text: string): void => void context.stderr.write(`${text}\n`);
  const [{ fill }, { localDatabase }] = await Promise.all([
    import("../../generate/fill/fill.ts"),
    import("../../warehouse/embedded/local.ts"),
  ]);
  const tell = flags.json ? () => {} : (text: string) => say(`  ${text}`);
  const sample =
    flags.from === undefined ? undefined : await sampler(context, loaded, flags.from, { rows, seed, tell });
  const { url } = await localDatabase(project, { notice: say });
  const filled = await fill(project, url, {
    ...(pipeline !== undefined && { pipeline }),
    ...(sample && { sample }),
    rows,
    seed,
    env: context.env,
    tell,
  });
  if (flags.json) writeJson(context, filled);
  else summarize(context, filled, pipeline);
  if (filled.others.length > 0) context.setExitCode(EXIT.problems);
  mentionProblems(context, diagnostics);
}

/** Real rows of a target. A definition that can't be read may be the one that says what is PHI. */
async function sampler(
  context: CliContext,
  { project, diagnostics }: LoadedProject,
  name: string,
  options: { readonly rows: number; readonly seed: number; readonly tell: (text: string) => void },
): Promise<NonNullable<FillOptions["sample"]>> {
  const target = findTarget(project, name);
  if (target.type === "embedded") {
    const message = `target ${name} is the database on this machine, which is what is to be filled`;
    throw new UsageError([badSample({ message, hint: "Name the target whose rows are wanted." })]);
  }
  const errors = diagnostics.filter(isError).length;
  if (errors > 0) {
    const message = `the project has ${counted(errors, "error")}, so it is not known for sure which columns hold PHI`;
    throw new DiagnosticError([badSample({ message, hint: 'Mend them first; "ctf check" shows them.' })]);
  }
  const [{ sampleFrom }, { untilOf }, { loadLineage }, { phiColumns }, { openTarget }] = await Promise.all([
    import("../../generate/fill/from_target.ts"),
    import("../../generate/fill/fill.ts"),
    import("../../check/lineage/load.ts"),
    import("../../check/lineage/phi.ts"),
    import("../../warehouse/session/connect.ts"),
  ]);
  const phi = phiColumns(await loadLineage(project));
  const { url } = await openTarget(project, target, { ...context.env });
  const isPhi = (column: string): boolean => phi.has(column);
  return (facts, tables) =>
    sampleFrom(facts, tables, { ...options, url, target: name, until: untilOf(project), isPhi });
}

function summarize(
  { stderr }: CliContext,
  { tables, files, kept, others }: Filled,
  pipeline: string | undefined,
): void {
  for (const { name, reason } of kept) stderr.write(`  ${name} ${reason}\n`);
  for (const { name, reason } of others) stderr.write(`  ${name} could not be made: ${reason}\n`);
  const made = [
    ...(tables.length > 0 ? [counted(tables.length, "table")] : []),
    ...(files.length > 0 ? [counted(files.length, "file")] : []),
  ];
  const next = `"ctf run ${pipeline ?? "--all"}"`;
  if (made.length > 0) stderr.write(`Made ${made.join(" and ")}. ${next} has rows to work on.\n`);
  else stderr.write(others.length > 0 ? "Nothing was made.\n" : `Nothing is missing. ${next} has rows to work on.\n`);
}

export function registerFill(db: Command, context: CliContext): void {
  db.command("fill")
    .summary("make up rows for what a pipeline reads")
    .description(
      "Makes up rows for what a pipeline reads and nothing here builds, so that it can run on this machine: tables that " +
        "sources declare, files that they name, and other pipelines' outputs. What has rows or files is left as it is.",
    )
    .argument("[pipeline]", "only what this pipeline reads; all sources if not given")
    .option("--rows <n>", "how many rows each table or file gets, if no monitor asks for more", "100")
    .option("--seed <n>", "other rows; the same seed gives the same rows", "1")
    .option("--from <target>", "real rows of its tables, with everything that is PHI made up")
    .option("--json", "print what was made as JSON")
    .action((pipeline: string | undefined, flags: Flags) => run(context, pipeline, flags));
}
