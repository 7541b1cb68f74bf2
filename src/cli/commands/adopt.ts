import type { Command } from "commander";
import { kinds } from "../../kinds/index.ts";
import { adopt } from "../authoring/adopt.ts";
import { gapsIn } from "../authoring/gaps.ts";
import { withTarget } from "../authoring/live.ts";
import type { CliContext } from "../context.ts";
import { findTarget } from "../asked/targets.ts";
import { tableNames } from "./source.ts";

interface AdoptFlags {
  readonly target?: string;
  readonly pipeline?: string;
}

async function work(context: CliContext, typed: string, sqlFile: string | undefined, flags: AdoptFlags): Promise<void> {
  const [table] = tableNames([typed]);
  const { project } = await context.loadProject();
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const { cwd, env, stderr } = context;
  const request = {
    project,
    kinds,
    cwd,
    env,
    table: table!,
    ...(sqlFile !== undefined && { sqlFile }),
    ...(flags.pipeline !== undefined && { pipeline: flags.pipeline }),
  };
  const adopted = await withTarget(project, target, env, (client) => adopt(client, request));
  stderr.write(`Wrote ${adopted.written.join(" and ")} (${adopted.kind}).\n`);
  for (const note of adopted.notes) stderr.write(`Note: ${note}\n`);
  const gaps = gapsIn(project.root, adopted.written);
  if (gaps !== "") stderr.write(`${gaps}\n`);
  const [pipeline, name] = adopted.id.split(".");
  stderr.write(`Next: ctf check, and ctf run ${pipeline} --only ${name}\n`);
}

export function register(program: Command, context: CliContext): void {
  program
    .command("adopt")
    .summary("make a definition from a live table")
    .description(
      "Writes the definition of a live table or view: columns, types, keys, indexes, constraints, grants and comments. " +
        "With a SQL file that gives its rows, CTF builds the table from now on; without one, it verifies it (no_op). " +
        "A view brings its own SQL.",
    )
    .argument("<table>", "such as claims.member_months")
    .argument("[file]", "a SQL file with the SELECT that makes the table; it is copied beside the definition")
    .option("--pipeline <name>", "the pipeline (default: the one of this folder, else the one called like the schema)")
    .option("--target <name>", "the target to read from (default: the project's)")
    .action((table: string, file: string | undefined, flags: AdoptFlags) => work(context, table, file, flags));
}
