import { type Command, InvalidArgumentError } from "commander";
import { type Diagnostic, DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { shellWord } from "../../diagnostics/shell_word.ts";
import { buildGraph } from "../../graph/graph.ts";
import { fromRoot } from "../../graph/names.ts";
import { select, type Selection } from "../../graph/select.ts";
import type { Plan } from "../../plan/types.ts";
import type { Project, Target } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import type { RunResult } from "../../run/events.ts";
import type { RunOptions } from "../../run/options.ts";
import type { ChangedFlags } from "../asked/changed.ts";
import { missingVariable } from "../codes.ts";
import { notInBaseline } from "../work/checking.ts";
import { type CliContext, EXIT, UsageError } from "../context.ts";
import { drawPlan } from "../draw/plan.ts";
import { withInterrupts } from "../terminal/interrupts.ts";
import { mentionProblems, problemsText, writeJson } from "../terminal/output.ts";
import { makeReporter } from "../reporters/index.ts";
import { divideProblems, errorsBehind } from "../asked/divide_problems.ts";
import { styleFor } from "../terminal/style.ts";
import { findTarget } from "../asked/targets.ts";
import { collect, variableValues } from "../asked/variables.ts";

interface RunFlags extends ChangedFlags {
  readonly start?: string;
  readonly end?: string;
  readonly only?: readonly string[];
  readonly all?: boolean;
  readonly upstream?: boolean;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly failFast?: boolean;
  readonly concurrency: number;
  readonly var?: readonly string[];
  readonly target?: string;
  readonly rebuildViews?: boolean;
  readonly showData?: boolean;
  readonly json?: boolean;
}

/** What was asked for, ready to be planned: a DiagnosticError names what keeps it from that. */
async function prepare(
  context: CliContext,
  pipeline: string | undefined,
  flags: RunFlags,
): Promise<{ readonly project: Project; readonly plan: Plan; readonly target: Target }> {
  const { project, diagnostics: found, fingerprint } = await context.loadProject();
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const variables = variableValues(project, flags.var ?? []);
  const graph = buildGraph(project);
  const selected = select(project, graph, {
    ...flags,
    cwd: context.cwd,
    ...(pipeline !== undefined && { pipeline }),
    ...(isOnlyChanged(pipeline, flags) && { all: true }),
  });
  if (!("ids" in selected)) {
    const meant = pipeline ?? /^pipelines\/([^/]+)/.exec(fromRoot(project, ".", context.cwd))?.[1];
    const typed = [meant, flags.start, flags.end, ...(flags.only ?? [])].filter((name) => name !== undefined);
    stopAt(context, errorsBehind(typed, found));
    throw new UsageError(selected);
  }
  const openEnded = !flags.only?.length && flags.end === undefined;
  const isAll = flags.all === true || isOnlyChanged(pipeline, flags);
  const pipelines = new Set(selected.ids.map((id) => id.slice(0, id.indexOf("."))));
  const mightBeFrom = (name: string) => openEnded && (isAll || pipelines.has(name));
  const selection = await narrowed(context, project, found, selected, flags, mightBeFrom);

  const { checkProject } = await import("../../check/index.ts");
  const { stopping, elsewhere } = divideProblems(project, graph, { ids: selection.ids, openEnded }, [
    ...found,
    ...(await notInBaseline(context, await checkProject(project, { fingerprint }))),
  ]);
  stopAt(context, stopping);
  mentionProblems(context, elsewhere, "elsewhere in the project");

  const { describeColumns } = await import("../../check/lineage/load.ts");
  const described = await describeColumns(project, selection.ids);
  const plan = await planFor(context, described, selection, target, variables);
  return { project, plan, target };
}

async function narrowed(
  context: CliContext,
  project: Project,
  found: readonly Diagnostic[],
  selection: Selection,
  flags: RunFlags,
  mightBeFrom: (pipeline: string) => boolean,
): Promise<Selection> {
  if (flags.changed === undefined) return selection;
  const { narrowToChanged } = await import("../asked/changed.ts");
  return narrowToChanged(context, project, found, selection, flags, mightBeFrom);
}

/** What changed is asked for, wherever it is. */
const isOnlyChanged = (pipeline: string | undefined, { changed, start, end, only = [] }: RunFlags): boolean =>
  changed !== undefined && [pipeline, start, end, ...only].every((name) => name === undefined);

async function planFor(
  context: CliContext,
  project: Project,
  { ids, description }: Selection,
  target: Target,
  variables: Readonly<Record<string, string>>,
): Promise<Plan> {
  const [{ makePlan, readFrom }, { kinds }] = await Promise.all([
    import("../../plan/make.ts"),
    import("../../kinds/index.ts"),
  ]);
  const readCode = readFrom(project.root);
  const { surroundingsOf } = await import("../work/environment.ts");
  const environment = await surroundingsOf(context, project, target);
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids,
    description,
    target: target.name,
    variables,
    readCode,
    cache: true,
    ...(environment && { environment }),
  });
  stopAt(context, diagnostics);
  const missing = missingVariables(project, plan);
  if (missing.length > 0) throw new UsageError(missing);
  return plan;
}

/** Errors stop the run; warnings on the way are shown. */
function stopAt(context: CliContext, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.some(isError)) throw new DiagnosticError(diagnostics);
  context.stderr.write(problemsText(diagnostics, context.colorOnStderr, context.root()));
}

/** Variables without a value matter only where the code to be run names them. */
function missingVariables(project: Project, plan: Plan): readonly Diagnostic[] {
  return project.variables
    .filter((variable) => !(variable.name in plan.variables))
    .flatMap((variable) => {
      const reader = plan.transforms.find((t) => mentions(JSON.stringify(t.action), variable.name));
      if (!reader) return [];
      return missingVariable({
        message: `${reader.id} reads the variable ${variable.name}, which has neither a default nor a value`,
        hint: `Give it: --var ${variable.name}=${exampleOf(variable)}`,
        transform: reader.id,
      });
    });
}

const mentions = (code: string, variable: string): boolean => new RegExp(`\\bctf\\.${variable}\\b`).test(code);

async function carryOut(
  context: CliContext,
  { project, plan, target }: Awaited<ReturnType<typeof prepare>>,
  flags: RunFlags,
  resume: string,
): Promise<RunResult> {
  const { runPlan } = await import("../../run/run.ts");
  const { unmasked } = await import("../../warehouse/errors.ts");
  const { wordsOf } = await import("../../run/said.ts");
  const { howToDeclare } = await import("../../check/how_to_declare.ts");
  const words = flags.showData && { words: { of: unmasked, said: wordsOf } };
  const reporter = makeReporter(context, { json: flags.json === true, resume, ...words });
  return withInterrupts(context, async ({ interrupt, kill }) => {
    try {
      return await runPlan(plan, {
        root: project.root,
        target,
        postgres: project.postgres,
        concurrency: flags.concurrency,
        failFast: flags.failFast === true,
        resume: flags.resume === true,
        rebuildViews: flags.rebuildViews === true,
        python: pythonFor(project),
        howToDeclare: howToDeclare(project),
        env: context.env,
        interrupt,
        kill,
        listeners: [reporter.listener],
      });
    } finally {
      reporter.close();
    }
  });
}

const pythonFor = ({ python, targets }: Project): NonNullable<RunOptions["python"]> => ({
  ...(python !== undefined && { interpreter: python }),
  secrets: targets.flatMap((target) => (target.type === "url" ? [target.urlEnv] : [])),
});

const exitCodes = { succeeded: EXIT.fine, failed: EXIT.problems, interrupted: EXIT.interrupted } as const;

/** The same command with --resume, as one types it. */
function resumeCommand(pipeline: string | undefined, flags: RunFlags): string {
  const words = [
    "ctf run",
    pipeline && shellWord(pipeline),
    flags.all && "--all",
    flags.start && `-s ${shellWord(flags.start)}`,
    flags.end && `-e ${shellWord(flags.end)}`,
    ...(flags.only ?? []).map((name) => `--only ${shellWord(name)}`),
    flags.upstream && "--upstream",
    flags.changed && (flags.changed === true ? "--changed" : `--changed ${shellWord(flags.changed)}`),
    flags.downstream && "--downstream",
    ...(flags.var ?? []).map((assignment) => `--var ${shellWord(assignment)}`),
    flags.rebuildViews && "--rebuild-views",
    flags.target && `--target ${shellWord(flags.target)}`,
    "--resume",
  ];
  return words.filter(Boolean).join(" ");
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return Number(text);
}

export function register(program: Command, context: CliContext): void {
  program
    .command("run")
    .summary("build outputs and publish them")
    .description(
      "Builds the outputs of a pipeline's transforms, in order, and publishes each when it is complete and its monitors pass. In a pipeline's folder its name can be left out.",
    )
    .argument("[pipeline]", "the pipeline to run")
    .option("-s, --start <transform>", "this transform and all that follows it in the pipeline")
    .option("-e, --end <transform>", "all that leads to this transform, and it; with -s: what lies between")
    .option("--only <transform>", "this transform and nothing else (may be given again)", collect)
    .option("--all", "every transform of the project")
    .option("--upstream", "also what other pipelines must build first")
    .option(
      "--changed [ref]",
      "of these, or of all, what is new or changed since this commit, or since the main branch",
    )
    .option("--downstream", "with --changed: also all that follows from it")
    .option("--dry-run", "print the plan, run nothing")
    .option("--resume", "go on where the last run of the same stopped")
    .option("--fail-fast", "start nothing more once a transform has failed")
    .option("--rebuild-views", "drop and make again the views that a new table would break")
    .option("--concurrency <n>", "how many transforms run at the same time", atLeastOne, 4)
    .option("--var <name=value>", "the value of a variable (may be given again)", collect)
    .option("--target <target>", "the warehouse to run against")
    .option("--show-data", "let errors show values from your tables, on a terminal only")
    .option("--json", "print events as JSON lines; with --dry-run, the plan")
    .action(async (pipeline: string | undefined, flags: RunFlags, command: Command) => {
      if (flags.showData && (flags.json || !context.isTTY.stderr)) {
        command.error("error: --show-data works on a terminal only, so that no value of a table ends up in a file");
      }
      if (flags.changed === undefined && flags.downstream) {
        command.error("error: --downstream goes with --changed; -s TRANSFORM runs a transform and what follows it");
      }
      if (flags.changed !== undefined && flags.upstream) {
        command.error("error: --changed leaves out what has not changed, so --upstream has no meaning beside it");
      }
      const prepared = await prepare(context, pipeline, flags);
      const { plan } = prepared;
      if (flags.changed !== undefined && plan.transforms.length === 0 && !(flags.dryRun && flags.json)) {
        context.stderr.write(`Nothing to run: no transform of ${plan.selection}.\n`);
        return;
      }
      if (flags.dryRun) {
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        if (flags.json) writeJson(context, plan);
        else context.stdout.write(`${drawPlan(plan, styleFor(context.color), width).join("\n")}\n`);
        return;
      }
      const result = await carryOut(context, prepared, flags, resumeCommand(pipeline, flags));
      context.setExitCode(exitCodes[result.status]);
    });
}
