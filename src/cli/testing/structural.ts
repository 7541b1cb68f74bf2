/** The structural tests of one round: which transforms, what came of them, and what is known already. */
import { type Diagnostic, DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import type { Project, Transform } from "../../project/types.ts";
import type { StructuralVerdict } from "../../testing/structural/types.ts";
import { withoutKnown } from "../work/checking.ts";
import type { CliContext } from "../context.ts";
import { problemsText } from "../terminal/output.ts";
import { liveArea } from "../reporters/live_area.ts";
import { styleFor } from "../terminal/style.ts";
import { findingLines, structuralSummary } from "./draw_structural.ts";
import type { TestFlags } from "./flags.ts";

/** Beside `ctf_baseline.json`, the file of `ctf check --baseline`: each is written as a whole by its own command. */
const BASELINE = "ctf_test_baseline.json";

export interface StructuralRound {
  /** Without what the baseline knows. */
  readonly verdicts: readonly StructuralVerdict[];
  /** What kept all of them from being run. */
  readonly problems: readonly Diagnostic[];
  readonly failed: boolean;
}

export const noStructuralRound: StructuralRound = { verdicts: [], problems: [], failed: false };

/** What is asked for with a test's name, or to change or look into tests, is no matter of these. */
export const wantsStructural = ({ k, update, debug }: TestFlags): boolean => k === undefined && !update && !debug;

export async function structuralRound(
  context: CliContext,
  project: Project,
  transforms: readonly Transform[],
  flags: TestFlags,
  signal: AbortSignal,
): Promise<StructuralRound> {
  const [{ runStructural }, { structurallyTested }] = await Promise.all([
    import("../../testing/structural/run_structural.ts"),
    import("../../testing/structural/tested.ts"),
  ]);
  const tested = transforms.filter(structurallyTested(project));
  if (tested.length === 0) return noStructuralRound;
  const begun = performance.now();
  const isText = flags.format === "text";
  const live = isText && context.isTTY.stdout ? liveArea(context.stdout) : undefined;
  let done = 0;
  let found: readonly StructuralVerdict[];
  try {
    found = await runStructural(project, kinds, tested, {
      concurrency: 2,
      seed: flags.seed ?? 1,
      env: context.env,
      signal,
      notice: (text) => void (context.isTTY.stderr && context.stderr.write(`${text}\n`)),
      ended: () => live?.draw([`Structural tests: ${++done} of ${tested.length} …`]),
    });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    live?.draw([]);
    if (isText) context.stderr.write(problemsText(error.diagnostics, context.colorOnStderr, project.root));
    return { verdicts: [], problems: error.diagnostics, failed: true };
  }
  live?.draw([]);
  const verdicts = await withoutBaseline(context, project, tested, found, flags);
  if (isText) {
    const drawing = {
      style: styleFor(context.color),
      problems: (diagnostics: readonly Diagnostic[]) => problemsText(diagnostics, context.color, project.root),
    };
    const lines = verdicts.flatMap((verdict) => findingLines(verdict, drawing, flags.structural === true));
    const summary = structuralSummary(
      verdicts,
      tested.length,
      (performance.now() - begun) / 1000,
      flags.structural === true,
    );
    for (const line of [...lines, summary]) context.stdout.write(`${line}\n`);
  }
  const failed = verdicts.some(({ findings }) => findings.some(({ diagnostic }) => isError(diagnostic)));
  return { verdicts, problems: [], failed };
}

/** The verdicts without findings that the baseline lists. */
async function withoutBaseline(
  context: CliContext,
  project: Project,
  tested: readonly Transform[],
  verdicts: readonly StructuralVerdict[],
  flags: TestFlags,
): Promise<readonly StructuralVerdict[]> {
  const all = verdicts.flatMap(({ findings }) => findings.map(({ diagnostic }) => diagnostic));
  const asked = new Set(tested.map(({ id }) => id));
  const others = new Set(
    project.transforms.filter(({ id }) => !asked.has(id)).flatMap(({ file, codeFile = file }) => [file, codeFile]),
  );
  const fresh = new Set(
    await withoutKnown(context, all, flags, { file: BASELINE, what: "A test", isOther: (file) => others.has(file) }),
  );
  if (fresh.size === all.length) return verdicts;
  return verdicts.map((verdict) => {
    const findings = verdict.findings.filter(({ diagnostic }) => fresh.has(diagnostic));
    const known = new Set(
      verdict.findings.map(({ check }) => check).filter((check) => findings.every((one) => one.check !== check)),
    );
    const statuses = Object.fromEntries(
      Object.entries(verdict.statuses).map(([check, status]) => [
        check,
        known.has(check) ? ("passed" as const) : status,
      ]),
    );
    return { ...verdict, findings, statuses };
  });
}
