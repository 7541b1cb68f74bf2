/** The outcome for programs: as JSON (docs/json.md describes it), and as diagnostics for a code review. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { renderGithub } from "../../diagnostics/render_github.ts";
import { tableText } from "../../project/types.ts";
import { testFailed } from "../../testing/codes.ts";
import type { Failure, Verdict } from "../../testing/verdict.ts";
import type { StructuralVerdict } from "../../testing/structural/types.ts";
import type { TestCase } from "../../testing/types.ts";
import type { CliContext } from "../context.ts";
import { writeJson } from "../terminal/output.ts";
import { repositoryPrefix } from "../asked/repository.ts";
import type { TestFlags } from "./flags.ts";
import { junitText } from "./junit.ts";
import { headline, placeOf, testName } from "./failure_words.ts";
import { noStructuralRound, type StructuralRound } from "./structural.ts";

interface Outcome {
  readonly root: string;
  readonly flags: TestFlags;
  readonly tests: readonly TestCase[];
  readonly verdicts: readonly Verdict[];
  /** Of the files of tests. */
  readonly problems: readonly Diagnostic[];
  readonly structural: StructuralRound;
}

/** In each form that was asked for. */
export function writeData(context: CliContext, outcome: Outcome): void {
  const { root, flags, tests, verdicts, structural } = outcome;
  const problems = [...outcome.problems, ...structural.problems];
  if (flags.junit !== undefined)
    writeFileSync(resolve(context.cwd, flags.junit), junitText(verdicts, structural.verdicts));
  if (flags.format === "json") {
    const written = verdictsJson(verdicts, tests.length - verdicts.length);
    const second = structural === noStructuralRound ? {} : { structural: structural.verdicts.map(structuralJson) };
    writeJson(context, { ...written, ...second, diagnostics: problems });
  } else if (flags.format === "github") {
    const findings = structural.verdicts.flatMap((verdict) => verdict.findings.map(({ diagnostic }) => diagnostic));
    context.stdout.write(
      renderGithub([...problems, ...verdictDiagnostics(verdicts), ...findings], repositoryPrefix(root)),
    );
  }
}

const verdictsJson = (verdicts: readonly Verdict[], notRun: number) => ({
  summary: {
    passed: verdicts.filter(({ failures }) => failures.length === 0).length,
    failed: verdicts.filter(({ failures }) => failures.length > 0).length,
    notRun,
  },
  tests: verdicts.map((verdict) => ({
    of: verdict.test.of,
    name: verdict.test.name,
    file: verdict.test.file,
    line: verdict.test.place.start.line,
    status: verdict.failures.length === 0 ? "passed" : "failed",
    seconds: Number(verdict.seconds.toFixed(3)),
    failures: verdict.failures.map((failure) => failureJson(failure, verdict)),
    ...(verdict.notes.length > 0 && { notes: verdict.notes }),
  })),
});

const structuralJson = ({ of, file, statuses, findings, seconds }: StructuralVerdict) => ({
  of,
  file,
  checks: statuses,
  findings,
  seconds: Number(seconds.toFixed(3)),
});

function failureJson(failure: Failure, verdict: Verdict) {
  const { file, start } = placeOf(failure, verdict);
  const common = { type: failure.type, message: headline(failure), file, line: start?.line ?? null };
  if (failure.type !== "rows") {
    return { ...common, ...("diagnostics" in failure && { diagnostics: failure.diagnostics }) };
  }
  const { columns, missing, unexpected, changed } = failure.difference;
  const { expected } = failure;
  const line = (n: number | undefined) => expected.at(n ?? 0).start?.line ?? null;
  return {
    ...common,
    ...(expected.table && { table: tableText(expected.table) }),
    ...(expected.call && { call: expected.call.code.text }),
    columns,
    missing: missing.map(({ cells, expected: n }) => ({ line: line(n), cells })),
    unexpected: unexpected.map(({ cells }) => ({ cells })),
    changed: changed.map(({ expected: row, actual }) => ({
      line: line(row.expected),
      expected: row.cells,
      actual: actual.cells,
    })),
  };
}

/** One for each thing that is not as expected, at its place in the test. */
const verdictDiagnostics = (verdicts: readonly Verdict[]): readonly Diagnostic[] =>
  verdicts.flatMap((verdict) => [
    ...verdict.failures.map((failure) =>
      testFailed({ message: `${testName(verdict)}: ${headline(failure)}`, span: placeOf(failure, verdict) }),
    ),
    ...verdict.notes,
  ]);
