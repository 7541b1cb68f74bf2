import { type Command, Option } from "commander";
import type { CliContext } from "../context.ts";
import { withInterrupts } from "../interrupts.ts";
import type { TestFlags } from "../testing/flags.ts";

export function register(program: Command, context: CliContext): void {
  program
    .command("test")
    .summary("run the tests of transforms")
    .description(
      "Runs the tests in *.test.yaml beside the definitions, on tables that hold the tests' own rows and nothing else, in " +
        "the embedded PostgreSQL. No warehouse is touched. Exit code 1 if one fails.",
    )
    .argument("[what]", "a pipeline, a transform, or a file of tests; all if left out")
    .option("-k <text>", "only tests with this in their name")
    .option("--changed", "only tests of what changed since the branch began")
    .option("--watch", "run again whatever a saved file concerns, until Ctrl-C")
    .option("--update", "write what came out into the tests as what is expected")
    .option("--debug", "open psql on the database as one test leaves it")
    .option("--coverage", "show what has no test")
    .option("--junit <file>", "also write the outcome as JUnit's XML")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "github"]).default("text"))
    .action(async (what: string | undefined, flags: TestFlags) => {
      const { runRound } = await import("../testing/session.ts");
      await withInterrupts(context.signals, async ({ interrupt }) => {
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
