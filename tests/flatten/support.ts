/** A project that flattens `clinic.form_responses` by `clinic.form_schemas` into `dwh.response_events`. */
import { expect } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import type { Files } from "../support/files.ts";
import type { TestMajor } from "../support/servers.ts";
import { warehouse, type Warehouse } from "../support/warehouse.ts";

export const COLUMNS: Readonly<Record<string, string>> = {
  submission_id: "bigint",
  form_id: "text",
  schema_path: "text",
  item_index: "integer[]",
  value: "text",
  answer_type: "text",
  tag: "text",
  value_number: "numeric",
  value_boolean: "boolean",
  value_date: "date",
};

export interface Flatten {
  readonly major?: TestMajor;
  /** By key. A text is taken as it is, malformed or not. */
  readonly schemas?: Readonly<Record<string, unknown>>;
  /** In their order; the key counts from 1. */
  readonly documents: readonly (readonly [form: string | null, document: unknown])[];
  /** Type of the columns with JSON. */
  readonly json?: "jsonb" | "json" | "text";
  readonly columns?: Readonly<Record<string, string>>;
  /** Further keys of `flatten:`, each on a line. */
  readonly more?: string;
  /** Further keys of the transform. */
  readonly top?: string;
  /** In the place of the key of the documents and their form. */
  readonly documentKeys?: string;
  /** In the place of the schema in the table. */
  readonly schema?: string;
  readonly files?: Files;
  /** Further keys of the output. */
  readonly output?: string;
}

const KEYS = "key: id, schema_key: form_id, carry: {id: submission_id}";

const indented = (text: string, by: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => `${by}${line}\n`)
    .join("");

export const definition = ({
  columns = COLUMNS,
  more = "",
  top = "",
  schema,
  output = "",
  documentKeys = KEYS,
}: Omit<Flatten, "documents">): string =>
  [
    "kind: flatten",
    "inputs: [{source: responses}, {source: schemas}]",
    "flatten:",
    `  documents: {from: clinic.form_responses, column: responses, ${documentKeys}}`,
    `  schema: ${schema ?? "{from: clinic.form_schemas, column: schema, key: id}"}`,
    indented(more, "  ") + indented(top, ""),
    "output:",
    "  table: dwh.response_events",
    "  columns:",
    ...Object.entries(columns).map(([name, type]) => `    - {name: ${name}, type: "${type}"}`),
    indented(output, "  "),
  ].join("\n");

const SOURCES = `sources:
  - {name: responses, table: clinic.form_responses}
  - {name: schemas, table: clinic.form_schemas}
`;

const textOf = (json: unknown): string | null =>
  json === undefined ? null : typeof json === "string" ? json : JSON.stringify(json);

export async function flatten({
  major = 18,
  schemas = {},
  documents,
  json = "jsonb",
  files = {},
  ...rest
}: Flatten): Promise<Warehouse> {
  const w = await warehouse(
    major,
    { "t.yaml": definition(rest), "sources/clinic.yaml": SOURCES, ...files },
    `CREATE SCHEMA clinic; CREATE SCHEMA dwh;
     CREATE TABLE clinic.form_schemas (id text, schema ${json});
     CREATE TABLE clinic.form_responses (id int, form_id text, responses ${json}, user_id int DEFAULT 7);`,
  );
  for (const [id, schema] of Object.entries(schemas)) {
    await w.client.query("INSERT INTO clinic.form_schemas VALUES ($1, $2)", [id, textOf(schema)]);
  }
  await submit(w, documents);
  return w;
}

/** More documents, numbered on. */
export async function submit(w: Warehouse, documents: Flatten["documents"]): Promise<void> {
  for (const [form, document] of documents) {
    await w.client.query(
      "INSERT INTO clinic.form_responses (id, form_id, responses) SELECT 1 + count(*), $1, $2 FROM clinic.form_responses",
      [form, textOf(document)],
    );
  }
}

const indexText = (index: unknown) => ((index as number[]).length > 0 ? `[${(index as number[]).join(".")}]` : "");

/** `document path[index] = value (type tag)`, sorted. */
export const eventsOf = async (w: Warehouse): Promise<string[]> =>
  (await w.rows("SELECT * FROM dwh.response_events"))
    .map((row) => {
      const kind = [row["answer_type"], row["tag"]].filter(Boolean).join(" ");
      return `${row["submission_id"]} ${row["schema_path"]}${indexText(row["item_index"])} = ${row["value"]} (${kind})`;
    })
    .sort();

/** `document path[index] reason | raw`, sorted. */
export const rejectsOf = async (w: Warehouse): Promise<string[]> =>
  (await w.rows("SELECT * FROM dwh.response_events_rejects"))
    .map((row) => {
      const index = row["item_index"] === null ? "" : indexText(row["item_index"]);
      return `${row["document"] ?? `form ${row["form"]}`} ${row["path"] ?? "-"}${index} ${row["reason"]} | ${row["raw"]}`;
    })
    .sort();

/** Leaves read = rows + rejected + ignored, as the run says. */
export function expectCounts(
  result: RunResult,
  counts: { readonly read: number; readonly rows: number; readonly rejected: number; readonly ignored: number },
): void {
  expect(counts.read).toBe(counts.rows + counts.rejected + counts.ignored);
  expect(result.transforms[0]?.counts).toMatchObject(counts);
}
