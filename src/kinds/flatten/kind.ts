import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Kind } from "../../plan/kind.ts";
import type {
  DocumentFiles,
  DocumentMap,
  DocumentRows,
  Documents,
  DocumentTable,
  Forms,
  NodeKeys,
} from "../../plan/types.ts";
import { readTableName } from "../../project/names.ts";
import type { Project, TableName, TableOutput, Transform } from "../../project/types.ts";
import { checksumOf as pythonChecksum } from "../python/modules.ts";
import { tableOf } from "../shared.ts";
import { flattenProblems } from "./check.ts";
import { eventColumns, keyColumn } from "./columns.ts";
import { documentation } from "./documentation.ts";
import { checksumOf } from "./javascript_modules.ts";
import { flattenReads } from "./reads.ts";
import type { Spec } from "./syntax.ts";

export const flatten: Kind = {
  name: "flatten",
  summary: "turns nested JSON documents into one row for each answer, with what is no answer in a table of rejects",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table"],
  severalOutputs: false,
  mayReadItself: false,
  columnsOptional: false,

  check: flattenProblems,
  columnReads: flattenReads,
  files: (transform) => {
    const map = mapOf(transform);
    return map ? [{ ...map, path: ["flatten", "map"] }] : [];
  },

  plan(transform, { project }) {
    const spec = transform.spec as Spec;
    const output = tableOf(transform);
    const rows = rowsOf(spec, output, project, mapOf(transform));
    if (spec.mode === "append") return { type: "append_rows", rows, output };
    return { type: "build_table", rows, output, publish: spec.publish ?? "swap" };
  },
};

/** `./clean.py:clean`, beside the definition. */
function mapOf({ file, spec }: Transform): { readonly file: string; readonly function: string } | undefined {
  const { map } = (spec as Spec).flatten;
  if (map === undefined) return undefined;
  const end = map.lastIndexOf(":");
  return { file: posix.join(posix.dirname(file), map.slice(0, end)), function: map.slice(end + 1) };
}

function mappedBy({ file, function: name }: NonNullable<ReturnType<typeof mapOf>>, { root }: Project): DocumentMap {
  const text = readFileSync(join(root, file), "utf8");
  return file.endsWith(".py")
    ? { language: "python", file, checksum: pythonChecksum(root, file, text), function: name }
    : { language: "javascript", file, checksum: checksumOf(root, file, text), function: name };
}

function rowsOf(spec: Spec, output: TableOutput, project: Project, map: ReturnType<typeof mapOf>): DocumentRows {
  const { documents, schema, types = {}, ignore = [], engine } = spec.flatten;
  const from = inputOf(documents.from, project);
  const format = schema.format ?? "tree";
  const read: Documents = {
    from,
    ...(documents.column !== undefined && { column: documents.column }),
    key: documents.key,
    ...(documents.schema_key !== undefined && { formKey: documents.schema_key }),
    format: documents.format ?? format,
  };
  return {
    type: "documents",
    documents: read,
    forms: formsOf(spec, project),
    columns: eventColumns(spec, output.columns),
    key: keyColumn(spec, output.columns)!,
    types,
    ignore,
    ...(map && { map: mappedBy(map, project) }),
    engine: engine ?? (map || from.type === "files" || read.format === "fhir" ? "stream" : "sql"),
    which: spec.mode === "append" ? "changed" : "all",
    rejects: beside(spec.rejects, output, "_rejects"),
    ...(spec.questions !== undefined && { questions: beside(spec.questions, output, "") }),
    seen: beside(undefined, output, "_documents"),
  };
}

/** The definition has been checked: what is no table here is a source of files. */
function inputOf(name: string, project: Project): DocumentTable | DocumentFiles {
  const source = project.sources.find(({ sourceName }) => sourceName === name);
  if (source?.type === "file") return { type: "files", source: source.sourceName, patterns: source.patterns };
  return { type: "table", table: readTableName(name, []).table! };
}

function formsOf({ flatten: { schema } }: Spec, project: Project): Forms {
  if (schema.paths) {
    return { type: "paths", paths: schema.paths.map(({ type = "text", ...path }) => withoutGaps({ ...path, type })) };
  }
  return {
    type: "stored",
    from: inputOf(schema.from!, project),
    ...(schema.column !== undefined && { column: schema.column }),
    ...(schema.key !== undefined && { key: schema.key }),
    format: schema.format ?? "tree",
    nodes: nodeKeys(schema.nodes),
  };
}

const withoutGaps = <T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const nodeKeys = (nodes: Spec["flatten"]["schema"]["nodes"] = {}): NodeKeys => ({
  slug: nodes.slug ?? "slug",
  children: nodes.children === undefined ? ["children", "items"] : [nodes.children].flat(),
  type: nodes.type ?? "answerType",
  tag: nodes.tag ?? "tag",
  label: nodes.label ?? "label",
  show: nodes.show ?? "show",
  viewOnly: nodes.view_only ?? "viewOnly",
});

const beside = (name: string | undefined, output: TableOutput, suffix: string): TableName =>
  name === undefined ? { schema: output.schema, name: `${output.name}${suffix}` } : readTableName(name, []).table!;
