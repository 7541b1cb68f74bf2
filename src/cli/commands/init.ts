import type { Command } from "commander";
import { shellWord } from "../../diagnostics/shell_word.ts";
import { initProject } from "../authoring/init.ts";
import type { CliContext } from "../context.ts";

function work(context: CliContext, folder: string): void {
  const { name, files } = initProject(context.cwd, folder);
  const steps = [
    ...(folder === "." ? [] : [[`cd ${shellWord(folder)}`, ""]]),
    ["ctf run --all", "build all of it, on a PostgreSQL that CTF starts for you"],
    ["ctf ls", "what there is, in the order it runs"],
    ["ctf test", "try its SQL on rows of the tests' own"],
    ["ctf db psql", "look at the tables"],
  ];
  const lines = steps.map(([command, what]) => `  ${command!.padEnd(16)}${what}`.trimEnd());
  context.stderr.write(
    `Made project ${name} with ${files.length} files; README.md says what is in it. Next:\n\n${lines.join("\n")}\n`,
  );
}

export function register(program: Command, context: CliContext): void {
  program
    .command("init")
    .summary("make a project that runs as it is")
    .description("Makes a small project that runs as it is, in a new folder or in an empty one (`ctf init .`).")
    .argument("<folder>", "the new project's folder; the project gets its name")
    .action((folder: string) => work(context, folder));
}
