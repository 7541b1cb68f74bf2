import type { Kind } from "../../plan/kind.ts";
import type { Action, FileRows } from "../../plan/types.ts";
import { rejectsOf } from "../../project/rejects.ts";
import type { FileSource, TableOutput, Transform } from "../../project/types.ts";
import { keysOf } from "../matched_rows.ts";
import { tableOf } from "../shared.ts";
import { loadProblems } from "./check.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

export const load: Kind = {
  name: "load",
  summary: "loads the rows of files into a table: CSV, JSON lines, fixed-width, Parquet",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table"],
  severalOutputs: false,
  mayReadItself: false,
  columnsOptional: false,

  check: loadProblems,

  plan(transform, { project }) {
    const input = transform.inputs[0]!;
    const source = project.sources.find(
      (s): s is FileSource => s.type === "file" && input.type === "source" && s.sourceName === input.name,
    );
    if (!source) throw new Error(`${transform.id} was planned without its source`);
    const output = tableOf(transform);
    return actionOf(transform.spec as Spec, rowsOf(transform, source, output), output);
  },
};

function rowsOf(transform: Transform, source: FileSource, output: TableOutput): FileRows {
  const spec = transform.spec as Spec;
  return {
    type: "files",
    source: source.sourceName,
    patterns: source.patterns,
    format: source.format,
    rename: spec.rename ?? {},
    classify: (spec.classify ?? []).map(({ match, set = {} }) => ({
      match,
      set: Object.fromEntries(Object.entries(set).map(([column, value]) => [column, String(value)])),
    })),
    maxRejects: maxRejects(spec.max_rejects ?? 0),
    rejects: rejectsOf(output),
  };
}

const maxRejects = (limit: number | string): FileRows["maxRejects"] =>
  typeof limit === "number" ? { type: "count", value: limit } : { type: "percent", value: Number(limit.slice(0, -1)) };

function actionOf(spec: Spec, rows: FileRows, output: TableOutput): Action {
  switch (spec.mode ?? "replace") {
    case "replace":
      return { type: "build_table", rows, output, publish: spec.publish ?? "swap" };
    case "append":
      return { type: "append_rows", rows, output };
    case "upsert":
      return {
        type: "merge_rows",
        rows,
        output,
        keys: keysOf(spec, output),
        ...(spec.update_columns && { updateColumns: spec.update_columns }),
        deleteMissing: spec.delete_missing ?? false,
        readsItself: false,
      };
  }
}
