/** PostgreSQL's way to carry out each action of a plan. */
import type { Action } from "../../plan/types.ts";
import type { Statement } from "../session/batch.ts";
import { askForRelationFirst } from "../publish/relation.ts";
import type { Done, Work } from "../work.ts";
import { appendRows } from "./append_rows.ts";
import { buildAndPublish } from "./build_table.ts";
import { mergeInto } from "./merge_rows.ts";
import { runStatements } from "./run_statements.ts";
import { verifyOutputs } from "./verify_outputs.ts";
import { writeFile } from "./write_file.ts";

type Engine = { readonly [T in Action["type"]]: (work: Work, action: Extract<Action, { type: T }>) => Promise<Done> };

const engine: Engine = {
  build_table: buildAndPublish,
  merge_rows: mergeInto,
  append_rows: appendRows,
  write_file: writeFile,
  run_statements: runStatements,
  verify_outputs: verifyOutputs,
};

/** What an action asks first of all, for `Work.seen`. */
export const firstLook = (action: Action): readonly Statement[] =>
  action.type === "build_table" ? askForRelationFirst(action.output) : [];

/** @throws DiagnosticError for what a user can mend, BatchError for what may pass by itself */
export function carryOut(work: Work, action: Action): Promise<Done> {
  return (engine[action.type] as (work: Work, action: Action) => Promise<Done>)(work, action);
}
