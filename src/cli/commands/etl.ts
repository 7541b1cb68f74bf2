import { type Command, InvalidArgumentError, Option } from "commander";
import type { CliContext } from "../context.ts";
import type { CompareFlags } from "../etl/compare.ts";
import type { CommonFlags } from "../etl/opened.ts";
import type { ProcessFlags } from "../etl/process.ts";
import type { PsqlFlags } from "../etl/psql.ts";

const positive = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
};

const folder = (text: string): string => {
  if (text === "") throw new InvalidArgumentError("It must be the path of a folder.");
  return text;
};

const dataDir = () =>
  new Option("--data-dir <folder>", "where the workshop's server and files are").argParser(folder).default("ctf-etl");
const conf = () => new Option("--conf <file>", "scenarios and processors; else workshop.yaml in the data-dir");
const documents = (choices: readonly string[]) =>
  new Option("--documents <type>", "how answers are stored").choices([...choices]).default("jsonb");
const SCENARIO = "empty, basic, small, demo, medium, xl or another of the conf file";
/** The argument is optional for Commander, so that the command can tell which there are. */
const SCENARIO_USAGE = "[options] <scenario>";
const json = () => new Option("--json", "print JSON");

export function register(program: Command, context: CliContext): void {
  const etl = program
    .command("etl")
    .summary("learn and measure how nested JSON becomes rows")
    .description(
      "The workshop: scenarios of made-up forms, and processors that make one row of each answer, from naive to best. " +
        "It needs no project; its PostgreSQL runs only while a command does. docs/workshop leads through it.",
    );
  etl
    .command("generate")
    .description("Makes the data of a scenario, from which every run starts.")
    .usage(SCENARIO_USAGE)
    .argument("[scenario]", SCENARIO)
    .addOption(documents(["json", "jsonb"]))
    .addOption(json())
    .addOption(dataDir())
    .addOption(conf())
    .action(async (scenario: string | undefined, flags: CommonFlags & { readonly json?: boolean }) =>
      (await import("../etl/generate.ts")).generate(context, scenario, flags),
    );
  etl
    .command("process")
    .description("Runs a processor on a fresh copy of a scenario, and tells what it took.")
    .usage(`${SCENARIO_USAGE} <processor>`)
    .argument("[scenario]", SCENARIO)
    .argument("[processor]", "from naive over chunks and copy to set-based and flatten, or another of the conf file")
    .addOption(documents(["json", "jsonb"]))
    .option("--first <n>", "take only so many submissions, the first ones", positive)
    .option("--debug-sql", "log each statement with its time and rows, and no value")
    .option("--debug-mem", "draw memory over time")
    .option("--profile", "write a CPU profile and draw it as a flame graph")
    .addOption(json())
    .addOption(dataDir())
    .addOption(conf())
    .action(async (scenario: string | undefined, processor: string | undefined, flags: ProcessFlags) =>
      (await import("../etl/process.ts")).process(context, { scenario, processor }, flags),
    );
  etl
    .command("psql")
    .summary("Opens what the last run of a scenario made, in psql or for a program of yours.")
    .description(
      "Opens what the last run of a scenario made, in psql. Or runs a program of yours in place of psql, such as " +
        '"ctf etl psql small -- python walk.py": it finds the address of the database in DATABASE_URL.',
    )
    .usage(`${SCENARIO_USAGE} [-- program…]`)
    .argument("[scenario]", SCENARIO)
    .argument("[program...]", "run this in place of psql")
    .addOption(documents(["json", "jsonb"]))
    .option("-c, --command <sql>", "run this and end")
    .addOption(dataDir())
    .addOption(conf())
    .action(async (scenario: string | undefined, program: string[], flags: PsqlFlags, command: Command) => {
      if (program.length > 0 && flags.command !== undefined) command.error("error: it is either -c or a program");
      await (await import("../etl/psql.ts")).psql(context, scenario, program, flags);
    });
  etl
    .command("compare")
    .description("Runs all processors on a scenario, and draws time and memory.")
    .usage(SCENARIO_USAGE)
    .argument("[scenario]", SCENARIO)
    .addOption(documents(["json", "jsonb", "both"]))
    .addOption(new Option("--repeat <n>", "rounds, of which the median counts").argParser(positive).default(3))
    .addOption(json())
    .addOption(dataDir())
    .addOption(conf())
    .action(async (scenario: string | undefined, flags: CompareFlags) =>
      (await import("../etl/compare.ts")).compare(context, scenario, flags),
    );
  etl
    .command("clean")
    .description("Drops the databases of a scenario, or of all; then also the server.")
    .argument("[scenario]")
    .addOption(dataDir())
    .action(async (scenario: string | undefined, flags: Pick<CommonFlags, "dataDir">) =>
      (await import("../etl/clean.ts")).clean(context, scenario, flags),
    );
}
