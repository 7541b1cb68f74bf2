import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliContext } from "../context.ts";
import { withInterrupts } from "../terminal/interrupts.ts";
import type { TestFlags } from "../testing/flags.ts";

export function register(program: Command, context: CliContext): void {
  program
    .command("test")
    .summary("run the tests of transforms")
    .description(
      "Runs the tests in *.test.yaml beside the definitions, on tables that hold the tests' own rows and nothing else, and " +
        "structural tests of every transform: on empty inputs, on rows that are made up, twice, in another order. All " +
        "of it in the embedded PostgreSQL; no warehouse is touched. Exit code 1 if one fails.",
    )
    .argument("[what...]", "pipelines, transforms and files of tests; all if left out")
    .option("-k <text>", "only tests with this in their name")
    .option("--changed", "only tests of what changed since the branch began")
    .option("--watch", "run again whatever a saved file concerns, until Ctrl-C")
    .option("--update", "write what came out into the tests as what is expected")
    .option("--debug", "open psql on the database as one test leaves it")
    .option("--structural", "only the tests that nobody has to write")
    .option("--no-structural", "only the tests that somebody wrote")
    .addOption(
      new Option("--seed <number>", "other made-up rows for the structural tests")
        .argParser(wholeNumber)
        .default(undefined, "1"),
    )
    .option(
      "--baseline [file]",
      "report only structural findings that are not in this file; writes it if it is not there",
    )
    .option("--update-baseline", "write today's structural findings to the file of --baseline")
    .option("--coverage", "show what has no test")
    .option("--junit <file>", "also write the outcome as JUnit's XML")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "github"]).default("text"))
    .option("--json", "the same as --format json")
    .action(async (what: readonly string[], { json, ...given }: TestFlags & { readonly json?: boolean }) => {
      const flags: TestFlags = json ? { ...given, format: "json" } : given;
      const { runRound } = await import("../testing/session.ts");
      await withInterrupts(context, async ({ interrupt }) => {
        if (flags.watch) {
          const { watchTests } = await import("../testing/watch.ts");
          return watchTests(context, { what, flags }, interrupt);
        }
        const round = await runRound(context, { what, flags }, interrupt);
        const { judgeCoverage } = await import("../testing/judge_coverage.ts");
        await judgeCoverage(context, round, { what, flags });
      });
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
