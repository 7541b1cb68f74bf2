import { isError } from "../../diagnostics/diagnostic.ts";
import { lowCoverage } from "../../testing/codes.ts";
import { coverageOf } from "../../testing/coverage/coverage.ts";
import { findTests, testFiles } from "../../testing/find_tests.ts";
import { type CliContext, EXIT } from "../context.ts";
import { problemsText } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { coverageLines } from "./draw_coverage.ts";
import type { Round, Wanted } from "./session.ts";

/** Shows what has no test, and holds all of it against `min_coverage`. What is asked of the project is asked of all its tests. */
export async function judgeCoverage(context: CliContext, { project }: Round, { what, flags }: Wanted): Promise<void> {
  const least = project.minCoverage;
  const isWhole = what.length === 0 && flags.k === undefined && !flags.changed;
  if (!flags.coverage && (least === undefined || !isWhole)) return;
  const { tests, diagnostics } = await findTests(project, testFiles(project));
  if (diagnostics.some(isError)) return;
  const coverage = await coverageOf(project, tests);
  if (flags.coverage && flags.format === "text") {
    const width = context.isTTY.stdout ? context.stdout.columns : undefined;
    context.stdout.write(`${["", ...coverageLines(coverage, styleFor(context.color), width)].join("\n")}\n`);
  }
  if (least === undefined || coverage.percent >= least) return;
  const message = `${coverage.percent}% of the project has a test, and ctf.yaml asks for ${least}%`;
  const hint = '"ctf test --coverage" lists what has none.';
  context.stderr.write(
    problemsText([lowCoverage({ message, hint, span: { file: "ctf.yaml" } })], context.colorOnStderr),
  );
  context.setExitCode(EXIT.problems);
}
