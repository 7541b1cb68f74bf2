/** A file that a python transform writes is a table in a test: its rows can be compared, and nothing is written anywhere. */
import type { Action, PlannedTransform } from "../../plan/types.ts";
import type { FileOutput, Output, TableOutput } from "../../project/types.ts";
import type { GivenRelation } from "../types.ts";

/** The schema of such tables. */
export const FILE_SCHEMA = "ctf_file";

const made = new WeakMap<FileOutput, TableOutput>();

function fileTable(output: FileOutput): TableOutput {
  const known = made.get(output);
  if (known) return known;
  const none = { unique: [], indexes: [], constraints: [], foreignKeys: [], statistics: [], grants: [] };
  const name = output.path.slice(output.path.lastIndexOf("/") + 1).slice(0, 63);
  const table: TableOutput = { type: "table", schema: FILE_SCHEMA, name, columns: output.columns, ...none };
  made.set(output, table);
  return table;
}

/** What an output's rows are compared with; undefined for a function. */
export function relationOf(output: Output): GivenRelation | undefined {
  if (output.type === "function") return undefined;
  return output.type === "file" ? fileTable(output) : output;
}

/** The transform, with a table where it writes a file. */
export function writingNoFile(planned: PlannedTransform): PlannedTransform {
  const { action } = planned;
  if (action.type !== "write_file") return planned;
  const { call, output } = action;
  const table: Action = {
    type: "build_table",
    rows: { type: "python", call },
    output: fileTable(output),
    publish: "swap",
  };
  return { ...planned, action: table };
}
