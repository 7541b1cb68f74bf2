/** One round of tests: which they are, what came of them, and what is said of it. */
import { type Diagnostic, DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { buildGraph } from "../../graph/graph.ts";
import { kinds } from "../../kinds/index.ts";
import type { Project, Transform } from "../../project/types.ts";
import { type Chosen, chooseTests } from "../../testing/choose.ts";
import { impossibleTest } from "../../testing/codes.ts";
import { findTests, misnamedTests } from "../../testing/find_tests.ts";
import { runTests } from "../../testing/run/run_tests.ts";
import type { TestCase } from "../../testing/types.ts";
import type { Verdict } from "../../testing/verdict.ts";
import type { TestDatabase } from "../../warehouse/testbed/databases.ts";
import { type CliContext, EXIT, UsageError } from "../context.ts";
import { counted } from "../terminal/numbers.ts";
import { mentionProblems, problemsText } from "../terminal/output.ts";
import { divideProblems, errorsBehind } from "../asked/divide_problems.ts";
import type { TestFlags } from "./flags.ts";
import { noStructuralRound, structuralRound, wantsStructural } from "./structural.ts";
import { textReport, type TestReport } from "./report.ts";
import { transformsOf } from "../../testing/transforms_of.ts";

export interface Round {
  readonly project: Project;
  readonly tests: readonly TestCase[];
  readonly verdicts: readonly Verdict[];
  /** What is wrong with the files of tests and with the definitions that they are about. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Wanted {
  /** Names of pipelines, transforms and files; everything where there are none. */
  readonly what: readonly string[];
  readonly flags: TestFlags;
  /** Further limits what is run. Then nothing at all may be left. */
  readonly only?: (project: Project) => Limits;
}

export interface Limits {
  readonly test: (test: TestCase) => boolean;
  /** Whose structural tests are run. */
  readonly transform: (transform: Transform) => boolean;
}

/** Runs what is wanted, and tells of it. The exit code is set. */
export async function runRound(
  context: CliContext,
  { what, flags, only: limit }: Wanted,
  signal: AbortSignal,
): Promise<Round> {
  const { project, diagnostics: wrong } = await context.loadProject();
  const only = limit?.(project);
  const chosen = choose(context, project, what, wrong);
  const found = await findTests(project, chosen.files);
  const changed = flags.changed ? await changesIn(context, project, wrong) : EVERYTHING;
  const isWanted = (test: TestCase) =>
    !flags.structural &&
    chosen.fits(test) &&
    isNamed(test, found.tests, flags.k) &&
    changed.test(test) &&
    (only?.test(test) ?? true);
  const tests = found.tests.filter(isWanted);
  const { stopping, elsewhere } = divideProblems(project, buildGraph(project), testedBy(tests, what), wrong);
  const problems = [...stopping, ...found.diagnostics].filter(isError);
  mentionProblems(context, elsewhere, "elsewhere in the project");
  if (problems.length > 0 && flags.format === "text") {
    context.stderr.write(problemsText(problems, context.colorOnStderr, project.root));
  }
  const concerns = (transform: Transform) => changed.transform(transform.id) && (only?.transform(transform) ?? true);
  const structural = flags.structural !== false && wantsStructural(flags) ? chosen.transforms.filter(concerns) : [];
  if (structural.length === 0 && !only) refuseNothing(project, tests, found.tests, problems, what, flags);
  if (flags.debug && tests.length !== 1) refuseSeveral(tests);
  if (flags.changed && flags.format === "text" && tests.length + structural.length + problems.length === 0) {
    context.stdout.write("Nothing to test has changed since the branch began.\n");
  }

  const begun = performance.now();
  const report = flags.format === "text" ? textReport(context, project.root, tests) : silent;
  const debug = async (database: TestDatabase, verdict: Verdict) => {
    report.ended(verdict);
    const { openPrompt } = await import("../prompt/open.ts");
    await openPrompt(context, { url: database.url, variables: verdict.test.vars, root: project.root });
  };
  const verdicts = await runTests(project, kinds, tests, {
    concurrency: 2,
    env: context.env,
    signal,
    notice: (text) => void (context.isTTY.stderr && context.stderr.write(`${text}\n`)),
    ...(flags.debug && { debug }),
    ended: flags.debug ? () => {} : report.ended,
  });
  report.finish(verdicts, (performance.now() - begun) / 1000);
  if (tests.length > 0 && problems.length > 0 && flags.format === "text") {
    context.stderr.write(`${counted(problems.length, "error")} in what was to be tested: see above.\n`);
  }
  const second =
    structural.length === 0 ? noStructuralRound : await structuralRound(context, project, structural, flags, signal);
  if (flags.update) (await import("./write_updates.ts")).writeUpdates(context, project.root, verdicts);
  if (flags.junit !== undefined || flags.format !== "text") {
    const { writeData } = await import("./as_data.ts");
    writeData(context, { root: project.root, flags, tests, verdicts, problems, structural: second });
  }
  const failed = problems.length > 0 || second.failed || verdicts.some(({ failures }) => failures.length > 0);
  if (failed) context.setExitCode(EXIT.problems);
  if (signal.aborted) context.setExitCode(EXIT.interrupted);
  return { project, tests, verdicts, diagnostics: problems };
}

/** What is not there because its definition has errors is not called unknown. */
function choose(context: CliContext, project: Project, what: readonly string[], wrong: readonly Diagnostic[]): Chosen {
  try {
    return chooseTests(project, what, context.cwd);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const behind = errorsBehind(what, wrong);
    throw behind.length > 0 ? new DiagnosticError(behind) : new UsageError(error.diagnostics);
  }
}

/** Without a name everything is meant, also what can't be read. */
const testedBy = (tests: readonly TestCase[], what: readonly string[]) => ({
  ids: [...new Set(tests.flatMap(({ subject }) => transformsOf(subject).map(({ id }) => id)))],
  openEnded: what.length === 0,
});

/** A whole name means that test, though others may have it as a part of theirs. */
function isNamed({ name }: TestCase, all: readonly TestCase[], k: string | undefined): boolean {
  if (k === undefined) return true;
  return all.some((test) => test.name === k) ? name === k : name.includes(k);
}

const silent: TestReport = { ended: () => {}, finish: () => {} };

function refuseNothing(
  project: Project,
  tests: readonly TestCase[],
  found: readonly TestCase[],
  problems: readonly Diagnostic[],
  what: readonly string[],
  { k, changed }: TestFlags,
): void {
  if (tests.length > 0 || problems.length > 0 || changed) return;
  const of = what.length === 0 ? "the project" : what.join(", ");
  const has = what.length > 1 ? "have" : "has";
  const message =
    k !== undefined && found.length > 0
      ? `${of} ${has} ${found.length} tests, and none with "${k}" in its name`
      : `${of} ${has} no tests`;
  const misnamed = misnamedTests(project);
  const hint =
    misnamed.length > 0
      ? `Tests are read from NAME.test.yaml beside the definition NAME.yaml; these are called otherwise: ${misnamed.join(", ")}.`
      : "Write tests in NAME.test.yaml beside the definition NAME.yaml: docs/guides/testing.md shows how.";
  throw new UsageError([impossibleTest({ message, ...(k === undefined && { hint }) })]);
}

function refuseSeveral(tests: readonly TestCase[]): never {
  const names = tests.slice(0, 5).map(({ of, name }) => `${of}: ${name}`);
  throw new UsageError([
    impossibleTest({ message: `--debug opens one test, and ${tests.length} are chosen: ${names.join("; ")}` }),
  ]);
}

interface Changes {
  readonly test: (test: TestCase) => boolean;
  /** By id. */
  readonly transform: (id: string) => boolean;
}

const EVERYTHING: Changes = { test: () => true, transform: () => true };

/** What is not as it was where the branch began, with the tests of it, and tests that were changed themselves. */
async function changesIn(context: CliContext, project: Project, diagnostics: readonly Diagnostic[]): Promise<Changes> {
  const [{ compareProject }, { changedTransforms }, { findBase }, { changedFiles }] = await Promise.all([
    import("../../diff/compare.ts"),
    import("../../diff/selection.ts"),
    import("../../diff/git/base.ts"),
    import("../../diff/git/changed_files.ts"),
  ]);
  const compared = await compareProject(project, diagnostics, undefined);
  const ids = new Set(changedTransforms(compared.difference));
  const { commit } = await findBase(project.root);
  const files = new Set((await changedFiles(project.root, commit)).map(({ path }) => path));
  return {
    test: ({ subject, file }) => files.has(file) || transformsOf(subject).some(({ id }) => ids.has(id)),
    transform: (id) => ids.has(id),
  };
}
