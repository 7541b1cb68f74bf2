/** What a definition names of its inputs, and what it makes of that. */
import type { ColumnRead, Transform } from "../../project/types.ts";
import { tableOf } from "../shared.ts";
import { carriedColumns, eventColumns } from "./columns.ts";
import type { Spec } from "./syntax.ts";

/** Parts of an answer that hold what the document says. */
const OF_DOCUMENT: ReadonlySet<string> = new Set([
  "value",
  "value_text",
  "value_number",
  "value_boolean",
  "value_date",
  "value_json",
]);

/** Those that the form says. A place in a list and the time of the run hold neither's values. */
const OF_FORM: ReadonlySet<string> = new Set(["schema_path", "answer_type", "tag"]);

export function flattenReads(transform: Transform): readonly ColumnRead[] {
  const spec = transform.spec as Spec;
  const { documents, schema } = spec.flatten;
  const events = eventColumns(spec, tableOf(transform).columns);
  const parts = events.flatMap(({ name, from }) => (from.type === "leaf" ? [{ name, part: from.part }] : []));
  const made = (of: ReadonlySet<string>): ColumnRead["into"] =>
    parts.filter(({ part }) => of.has(part)).map(({ name }) => ({ column: name, how: "value" as const }));
  const of =
    (side: "documents" | "schema", relation: string) =>
    (key: string, column: string, into: ColumnRead["into"]): ColumnRead => ({
      relation,
      column,
      relationPath: ["flatten", side, "from"],
      path: ["flatten", side, key],
      into,
    });
  const read = of("documents", documents.from);
  const copies = (column: string): ColumnRead["into"] =>
    events.flatMap(({ name, from }) =>
      from.type === "document" && from.column === column ? [{ column: name, how: "copy" as const }] : [],
    );
  const carried = new Set(
    [...carriedColumns(spec).values()].filter((column) => column !== documents.key && column !== documents.schema_key),
  );
  return [
    ...(documents.column === undefined ? [] : [read("column", documents.column, made(OF_DOCUMENT))]),
    read("key", documents.key, copies(documents.key)),
    ...(documents.schema_key === undefined
      ? []
      : [read("schema_key", documents.schema_key, copies(documents.schema_key))]),
    ...[...carried].map((column) => read("carry", column, copies(column))),
    ...(schema.from === undefined || schema.column === undefined
      ? []
      : [of("schema", schema.from)("column", schema.column, made(OF_FORM))]),
    ...(schema.from === undefined || schema.key === undefined
      ? []
      : [of("schema", schema.from)("key", schema.key, [])]),
  ];
}
