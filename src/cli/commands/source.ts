import { resolve } from "node:path";
import type { Command } from "commander";
import { readTableName } from "../../project/names.ts";
import type { TableName } from "../../project/types.ts";
import { withTarget } from "../authoring/live.ts";
import { addSources } from "../authoring/source_add.ts";
import { type CliContext, UsageError } from "../context.ts";
import { counted } from "../terminal/numbers.ts";
import { writeJson } from "../terminal/output.ts";
import { findTarget } from "../asked/targets.ts";
import { collect } from "../asked/variables.ts";
import { noTableNamed } from "../authoring/codes.ts";
import { isDataFile, sourceOf } from "../authoring/data_file.ts";

interface AddFlags {
  readonly allIn?: readonly string[];
  readonly target?: string;
  readonly json?: boolean;
}

/** What a person typed for tables: `raw.claims`. */
export function tableNames(typed: readonly string[]): readonly TableName[] {
  const read = typed.map((text) => readTableName(text, ["table"]));
  const problems = read.flatMap((result) => result.problems);
  if (problems.length > 0) {
    throw new UsageError(
      problems.map(({ code, message, hint }) => code({ message, ...(hint !== undefined && { hint }) })),
    );
  }
  return read.flatMap(({ table }) => (table ? [table] : []));
}

/** Of a file's columns nothing is read here: a load's definition takes them from its header. */
function mustBeTables(context: CliContext, typed: readonly string[]): void {
  const files = typed.filter((text) => isDataFile(resolve(context.cwd, text)));
  if (files.length === 0) return;
  throw new UsageError(
    files.map((file) => {
      const { item } = sourceOf(context.root(), resolve(context.cwd, file));
      const message = `${file} is a file, and this command reads the columns of tables`;
      return noTableNamed({ message, hint: `Write into sources/files.yaml, under sources: ${item}` });
    }),
  );
}

async function add(context: CliContext, typed: readonly string[], flags: AddFlags): Promise<void> {
  mustBeTables(context, typed);
  const tables = tableNames(typed);
  const schemas = flags.allIn ?? [];
  if (tables.length + schemas.length === 0) {
    const hint = "Write ctf source add raw.claims, or --all-in raw for a whole schema.";
    throw new UsageError([noTableNamed({ message: "no table is named", hint })]);
  }
  const { project } = await context.loadProject();
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const { added, notes } = await withTarget(project, target, context.env, (client) =>
    addSources(client, { project, tables, schemas }),
  );
  for (const { source, file, phi } of added) {
    const marked = phi.length > 0 ? ` Marked as PHI by their names, for you to confirm: ${phi.join(", ")}.` : "";
    context.stderr.write(`Wrote source ${source} to ${file}.${marked}\n`);
  }
  for (const note of notes) context.stderr.write(`Note: ${note}\n`);
  if (flags.json) writeJson(context, { added, notes });
  else if (added.length > 0) context.stderr.write(`${counted(added.length, "source")} added. Next: ctf check\n`);
}

export function register(program: Command, context: CliContext): void {
  program
    .command("source")
    .summary("declare what CTF does not build")
    .description(
      "Sources are tables and files that transforms read but CTF does not build. They are declared in sources/.",
    )
    .command("add")
    .summary("read live tables' columns into sources/")
    .description(
      "Reads tables' and views' columns and comments from a target into sources/SCHEMA.yaml. What stands there is kept.",
    )
    .argument("[tables...]", "such as raw.claims")
    .option("--all-in <schema>", "all tables and views of a schema; can be given again", collect)
    .option("--target <name>", "the target to read from (default: the project's)")
    .option("--json", "print JSON")
    .action((tables: readonly string[], flags: AddFlags) => add(context, tables, flags));
}
