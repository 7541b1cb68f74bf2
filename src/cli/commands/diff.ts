import { type Command, Option } from "commander";
import { renderGithub } from "../../diagnostics/render_github.ts";
import { breakingDiagnostics, breakingIn } from "../../diff/annotations.ts";
import { type Compared, compareProject } from "../../diff/compare.ts";
import { markdown } from "../../diff/markdown.ts";
import { changedTransforms } from "../../diff/selection.ts";
import { areasOf } from "../../diff/summary.ts";
import type { Change, Entry, Reader } from "../../diff/types.ts";
import type { CliContext } from "../context.ts";
import { drawDifference } from "../draw/diff.ts";
import { compareData, type DataComparison } from "../work/compare_data.ts";
import type { DataFlags } from "../asked/compared_table.ts";
import { drawRows } from "../draw/rows.ts";
import { mentionProblems, problemsText, writeJson } from "../terminal/output.ts";
import { repositoryPrefix } from "../asked/repository.ts";
import { styleFor } from "../terminal/style.ts";
import { collect } from "../asked/variables.ts";

/** docs/json.md describes it. */
const differenceJson = ({ base, difference }: Compared) => ({
  base,
  breaking: breakingIn(difference).length,
  toRun: changedTransforms(difference),
  changed: difference.entries.map(entryJson),
});

const entryJson = (entry: Entry) => ({
  what: entry.what,
  name: entry.name,
  status: entry.status,
  before: entry.before ?? null,
  pipeline: entry.pipeline ?? null,
  owners: entry.owners,
  file: entry.file ?? null,
  unreadable: entry.unreadable ?? null,
  areas: areasOf(entry),
  changes: entry.changes.map(changeJson),
});

const changeJson = ({ area, text, contract }: Change) => ({
  area,
  text,
  relation: contract?.relation ?? null,
  column: contract?.column ?? null,
  breaking: contract?.breaking ?? false,
  readers: (contract?.readers ?? []).map(readerJson),
  further: (contract?.further ?? []).map(({ transform }) => transform),
});

const readerJson = ({ transform, pipeline, owners, how, changedToo }: Reader) => ({
  transform,
  pipeline,
  owners,
  how,
  changedToo,
});

/** docs/json.md describes it. */
const dataJson = ({ table, key, before, now, difference: { rows, ...difference } }: DataComparison) => ({
  table,
  key,
  before: { name: before, rows: rows.before },
  now: { name: now, rows: rows.now },
  ...difference,
});

interface Flags extends Partial<DataFlags> {
  readonly format: "text" | "markdown" | "json" | "github";
  readonly json?: boolean;
}

async function showDifference(context: CliContext, ref: string | undefined, format: Flags["format"]): Promise<void> {
  const { project, diagnostics } = await context.loadProject();
  const compared = await compareProject(project, diagnostics, ref);
  context.stderr.write(problemsText(compared.diagnostics, context.colorOnStderr));
  if (format === "json") writeJson(context, differenceJson(compared));
  else if (format === "markdown") context.stdout.write(markdown(compared));
  else if (format === "github") {
    const found = await breakingDiagnostics(compared.difference, project.root);
    context.stdout.write(renderGithub(found, repositoryPrefix(project.root)));
  } else {
    const width = context.isTTY.stdout ? context.stdout.columns : undefined;
    context.stdout.write(`${drawDifference(compared, styleFor(context.color), width).join("\n")}\n`);
  }
  mentionProblems(context, diagnostics);
}

async function showRows(context: CliContext, flags: DataFlags, json: boolean): Promise<void> {
  const compared = await compareData(context, flags);
  if (json) writeJson(context, dataJson(compared));
  else {
    const width = context.isTTY.stdout ? context.stdout.columns : undefined;
    context.stdout.write(`${drawRows(compared, styleFor(context.color), width).join("\n")}\n`);
  }
}

export function register(program: Command, context: CliContext): void {
  program
    .command("diff")
    .summary("show what changed, and whom it concerns")
    .description(
      "Compares the project's files with a commit of its git repository: what changed in contract, in logic, in operations " +
        "or in words only, which of it breaks others, and who that is. Needs no server. With --data it compares rows of a " +
        "table instead, by key, and prints counts.",
    )
    .argument("[ref]", "a branch, tag or commit; without it, where this branch left the main one")
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(["text", "markdown", "json", "github"])
        .default("text"),
    )
    .option("--json", "the same as --format json")
    .option(
      "--data <transform>",
      "compare the rows of its table instead: with what its SELECT gives now, or an environment's with production's",
    )
    .option(
      "--against <target>",
      "with --data: with the same table on this target; `previous`: with what it held before",
    )
    .option("--target <target>", "with --data: the warehouse with the table")
    .option("--key <columns>", "with --data: what tells rows apart; without it, the primary key")
    .option("--var <name=value>", "with --data: the value of a variable (may be given again)", collect)
    .option("--show-data", "with --data: the first rows that differ, on a terminal only")
    .action(async (ref: string | undefined, flags: Flags, command: Command) => {
      const json = flags.json === true || flags.format === "json";
      if (flags.showData && (json || !context.isTTY.stdout)) {
        command.error("error: --show-data works on a terminal only, so that no value of a table ends up in a file");
      }
      const { data } = flags;
      if (data === undefined) {
        const stray = (["against", "target", "key", "var", "showData"] as const).find(
          (key) => flags[key] !== undefined,
        );
        if (stray !== undefined) {
          command.error(`error: --${stray === "showData" ? "show-data" : stray} goes with --data TRANSFORM`);
        }
        return showDifference(context, ref, json ? "json" : flags.format);
      }
      if (ref !== undefined || (flags.format !== "text" && !json)) {
        command.error("error: --data compares rows, so it takes no commit, and prints text or JSON");
      }
      return showRows(context, { ...flags, data }, json);
    });
}
