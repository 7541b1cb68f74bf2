import { dirname, join, relative } from "node:path";
import type { Command } from "commander";
import { shellWord } from "../../diagnostics/shell_word.ts";
import { kinds } from "../../kinds/index.ts";
import { badStart } from "../authoring/codes.ts";
import { gapsIn } from "../authoring/gaps.ts";
import { startPipeline } from "../authoring/start_pipeline.ts";
import { startTransform } from "../authoring/start_transform.ts";
import { type CliContext, UsageError } from "../context.ts";

interface StartFlags {
  readonly pipeline?: string;
  readonly output?: string;
}

const kindLines = (): string =>
  [...kinds.values()]
    .map(({ name, summary, outputs, severalOutputs }) => {
      const possible = [...outputs.filter((type) => type !== "function"), ...(severalOutputs ? ["none"] : [])];
      return `  ${name.padEnd(17)}${summary} (${possible.join(", ")})`;
    })
    .join("\n");

async function work(
  context: CliContext,
  [kind, output, file]: readonly [string, string, string | undefined],
  flags: StartFlags,
): Promise<void> {
  const say = (text: string): void => {
    if (text !== "") context.stderr.write(`${text}\n`);
  };
  if (kind === "pipeline") {
    const root = context.root();
    const written = startPipeline(root, output, context.env);
    say(`Wrote ${written}.`);
    say(gapsIn(root, [written]));
    const folder = relative(context.cwd, join(root, dirname(written)));
    say(
      `Next: ${folder === "" ? "" : `cd ${shellWord(folder)}, and `}ctf start create_table_as table my_transform.sql`,
    );
    return;
  }
  if (file === undefined) {
    const hint = "Write ctf start KIND OUTPUT FILE, such as: ctf start create_table_as table my_transform.sql";
    throw new UsageError([badStart({ message: "the file is missing", hint })]);
  }
  const { project } = await context.loadProject();
  const { cwd, env } = context;
  const started = await startTransform({
    project,
    kinds,
    cwd,
    env,
    kind,
    output,
    file,
    notice: say,
    ...(flags.pipeline !== undefined && { pipeline: flags.pipeline }),
    ...(flags.output !== undefined && { outputName: flags.output }),
  });
  say(`Wrote ${started.written.join(" and ")}.`);
  for (const note of started.notes) say(`Note: ${note}`);
  say(gapsIn(project.root, started.written));
  const [pipeline, name] = started.id.split(".");
  say(
    started.skeleton
      ? "Next: write the SQL, and type the same command again: it fills in inputs and columns."
      : `Next: ctf check, and ctf run ${pipeline} --only ${name}`,
  );
}

export function register(program: Command, context: CliContext): void {
  program
    .command("start")
    .summary("start a transform or a pipeline")
    .usage("KIND OUTPUT FILE [options]\n       ctf start pipeline NAME")
    .description(
      "Writes a definition beside its SQL, in the pipeline one stands in. If the SQL is there already, its inputs and " +
        "columns are filled in, with types from PostgreSQL. Nothing is ever overwritten.",
    )
    .argument("<kind>", "how the output is made, or the word pipeline")
    .argument("<output>", "table, view, file or none; or the pipeline's name")
    .argument("[file]", "the SQL file; the transform gets its name")
    .option("--pipeline <name>", "the pipeline, if not the one of this folder")
    .option("--output <schema.name>", "the output's name (default: the pipeline's and the file's name)")
    .addHelpText("after", `\nKinds:\n${kindLines()}`)
    .action((kind: string, output: string, file: string | undefined, flags: StartFlags) =>
      work(context, [kind, output, file], flags),
    );
}
