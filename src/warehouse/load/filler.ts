/** The rows of a new table from files. */
import type { FileRows } from "../../plan/types.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import type { FoundFile } from "../../files/types.ts";
import { nothingBehind, type Filler } from "../build/filler.ts";
import type { Purpose } from "../build/purpose.ts";
import { inPhase, runSteps } from "../session/steps.ts";
import type { FileToLoad } from "./wanted.ts";
import { filesOf, loadFiles, prepareFiles } from "./load.ts";
import { createTarget, keysOf, type Target } from "./target.ts";

/** `only`: those of the files that are to be loaded; without it, all. */
export function fromFiles(rows: FileRows, output: TableOutput, purpose: Purpose, only?: readonly FoundFile[]): Filler {
  let files: readonly FileToLoad[] = [];
  return {
    async prepare(work) {
      files = await prepareFiles(work, rows, output, only ?? (await filesOf(work, rows)));
    },
    async fill(work, table, begin, behind = nothingBehind) {
      const target: Target = { output, table, ...targetFor(purpose, output) };
      const origin = { table: tableText(output), span: work.span };
      await runSteps(work, [...begin, ...inPhase("build", createTarget(target), origin)]);
      const loaded = await loadFiles(work, rows, target, files);
      const made = { notNulls: [], loaded };
      return { rows: loaded.rows, ...made, behind: await runSteps(work, behind(made)) };
    },
  };
}

function targetFor(purpose: Purpose, output: TableOutput): Pick<Target, "keys" | "passedOn" | "beside"> {
  if (purpose.type === "publish") return { keys: keysOf(output, purpose.matchedBy), passedOn: false };
  if (purpose.beside) return { keys: keysOf(output), passedOn: true, beside: purpose.beside };
  return { keys: [{ type: "match", columns: purpose.keys, nullsNotDistinct: false }], passedOn: true };
}
