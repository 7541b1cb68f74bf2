import type { Command } from "commander";
import { DiagnosticError, isError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tableText, type Project, type Transform } from "../../project/types.ts";
import type { Abandoned } from "../../warehouse/records/abandoned.ts";
import { agreed } from "../terminal/agreed.ts";
import { brokenProject } from "../codes.ts";
import { type CliContext, EXIT } from "../context.ts";
import { ago, bytes, counted } from "../terminal/numbers.ts";
import { problemsText, writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { findTarget } from "../asked/targets.ts";

interface Flags {
  readonly target?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** docs/json.md describes it. */
const abandonedJson = ({ schema, name, ...rest }: Abandoned) => ({ ...rest, name: tableText({ schema, name }) });

/** As they are called on a target with this prefix. */
const namesOf = (transforms: readonly Transform[], prefix: string): readonly string[] =>
  transforms.flatMap((transform) =>
    transform.outputs.flatMap((output) => (output.type === "file" ? [] : [`${prefix}${tableText(output)}`])),
  );

const declaredOf = ({ transforms }: Project, prefix: string) => ({
  outputs: namesOf(transforms, prefix),
  keeping: namesOf(
    transforms.filter(({ keepPrevious }) => keepPrevious),
    prefix,
  ),
});

/** A definition that can't be read would make its outputs look abandoned. */
function refuseBroken(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(isError);
  if (errors.length === 0) return;
  throw new DiagnosticError([
    brokenProject({
      message: `the project has ${counted(errors.length, "error")}, so it is not known which outputs it still names`,
      hint: 'Mend them first; "ctf check" shows them.',
    }),
  ]);
}

async function prune(context: CliContext, flags: Flags): Promise<void> {
  const { project, diagnostics } = await context.loadProject();
  refuseBroken(diagnostics);
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const [{ connect, openTarget }, { dropAbandoned, findAbandoned }, { problem, speaking }, { migrateIfThere }] =
    await Promise.all([
      import("../../warehouse/session/connect.ts"),
      import("../../warehouse/records/abandoned.ts"),
      import("../../warehouse/errors.ts"),
      import("../../warehouse/records/migrations.ts"),
    ]);
  const client = await connect((await openTarget(project, target, context.env)).url);
  try {
    const { prefix = "" } = target;
    // The records of older versions do not know of environments.
    await speaking(migrateIfThere(client), "schema ctf");
    const of = { project: project.name, prefix };
    const abandoned = await findAbandoned(client, of, declaredOf(project, prefix));
    if (flags.json) writeJson(context, { abandoned: abandoned.map(abandonedJson) });
    else list(context, abandoned, target.name);
    if (abandoned.length === 0 || (flags.json && !flags.yes)) return;
    if (!flags.yes && !(await agreed(context, `Drop ${counted(abandoned.length, "output")} for good? Type yes: `))) {
      context.stderr.write("Nothing was dropped.\n");
      return;
    }
    const problems: Diagnostic[] = [];
    for (const relation of abandoned) {
      try {
        await dropAbandoned(client, relation);
        context.stderr.write(`Dropped ${tableText(relation)}.\n`);
      } catch (error) {
        problems.push(problem(error, { table: tableText(relation) }));
      }
    }
    if (problems.length === 0) return;
    context.stderr.write(problemsText(problems, context.colorOnStderr));
    context.setExitCode(EXIT.problems);
  } finally {
    await client.end();
  }
}

function list(context: CliContext, abandoned: readonly Abandoned[], target: string): void {
  if (abandoned.length === 0) {
    context.stderr.write(`Nothing to prune on ${target}: every output that CTF built there is still defined.\n`);
    return;
  }
  const columns = [
    { title: "output" },
    { title: "type" },
    { title: "built by", min: 12 },
    { title: "last published" },
    { title: "size", right: true },
  ];
  const now = new Date();
  const rows = abandoned.map((a) => [
    tableText(a),
    a.type,
    a.transform,
    ago(new Date(a.publishedAt), now),
    bytes(a.bytes),
  ]);
  const width = context.isTTY.stdout ? context.stdout.columns : undefined;
  context.stdout.write(`${table(columns, rows, styleFor(context.color), width).join("\n")}\n`);
}

export function register(program: Command, context: CliContext): void {
  program
    .command("prune")
    .summary("drop outputs that no definition names any more")
    .description(
      "Lists the tables and views that the records prove CTF built and that no definition names any more, and what is kept of tables " +
        "though no definition says `keep_previous` any more; then, after asking, drops them.",
    )
    .option("--target <target>", "the warehouse to look in")
    .option("--yes", "drop without asking")
    .option("--json", "print JSON; with --yes, drop as well")
    .action((flags: Flags) => prune(context, flags));
}
