/** Structural tests of documents: forms and answers that are made up, and what becomes of them. */
import { expect, test } from "vitest";
import type { Finding, StructuralVerdict } from "../../src/testing/structural/types.ts";
import type { Files } from "../support/files.ts";
import { inWorld, type World } from "./world.ts";

interface Told {
  readonly of: string;
  readonly checks: StructuralVerdict["statuses"];
  readonly findings: readonly Finding[];
}

const SOURCES = (type: string): string => `sources:
  - name: forms
    table: raw.forms
    columns:
      - {name: id, type: text, not_null: true}
      - {name: schema, type: jsonb, not_null: true}
  - name: answers
    table: raw.answers
    columns:
      - {name: id, type: bigint, not_null: true}
      - {name: form, type: text, not_null: true}
      - {name: given_on, type: date}
      - {name: answers, type: ${type}, not_null: true}
  - {name: lines, file: "data/lines.jsonl"}
  - {name: form_lines, file: "data/forms.jsonl"}
`;

const COLUMNS = `
    - {name: id, type: bigint, not_null: true}
    - {name: schema_path, type: text, not_null: true}
    - {name: item_index, type: "integer[]"}
    - {name: value, type: text}
    - {name: value_number, type: numeric}
    - {name: value_date, type: date}
    - {name: processed_on, type: timestamptz}
`;
const KEY = "  primary_key: [id, schema_path, item_index]\n";
const DOCUMENTS = "{from: raw.answers, column: answers, key: id, schema_key: form}";
const SCHEMA = "{from: raw.forms, column: schema, key: id}";

const flatten = (
  name: string,
  { documents = DOCUMENTS, schema = SCHEMA, columns = COLUMNS, key = KEY, more = "", inside = "" },
): Files => ({
  [`${name}.yaml`]: `kind: flatten\ninputs: [${inputsOf(documents + schema)}]\nflatten:\n  documents: ${documents}\n  schema: ${schema}\n${inside}${more}output:\n  table: p.${name}\n  columns:${columns}${key}`,
});

const inputsOf = (text: string): string =>
  [
    ["raw.answers", "answers"],
    ["raw.forms", "forms"],
    ["from: lines", "lines"],
    ["from: form_lines", "form_lines"],
  ]
    .filter(([name]) => text.includes(name!))
    .map(([, source]) => `{source: ${source}}`)
    .join(", ");

async function verdicts(world: World, files: Files, type = "jsonb"): Promise<Readonly<Record<string, Told>>> {
  world.files({ "sources/raw.yaml": SOURCES(type), ...files });
  const { stdout, stderr } = await world.ctfTest("--structural", "--format", "json");
  if (stdout === "") throw new Error(stderr);
  const { structural } = JSON.parse(stdout) as { readonly structural: readonly Told[] };
  return Object.fromEntries(structural.map((one) => [one.of.slice(2), one]));
}

const PASSED: StructuralVerdict["statuses"] = {
  compiles: "passed",
  declaration: "passed",
  empty_inputs: "passed",
  generated_inputs: "passed",
  exercised: "passed",
  keys_and_checks: "passed",
  same_twice: "passed",
  second_upsert: "passed",
  row_order: "passed",
  nothing_vanishes: "passed",
};

inWorld(18, (world) => {
  test("documents are made that answer the forms, whatever these are", async () => {
    const found = await verdicts(world, {
      ...flatten("stored", {}),
      ...flatten("appended", { more: "mode: append\n" }),
      ...flatten("streamed", { inside: "  engine: stream\n" }),
      ...flatten("one_form", {
        documents: "{from: raw.answers, column: answers, key: id}",
        schema: "{from: raw.forms, column: schema}",
      }),
      ...flatten("listed", {
        documents: "{from: raw.answers, column: answers, key: id}",
        schema: "{paths: [{path: main.smoker, type: boolean}, {path: falls, type: number}]}",
        inside: "  ignore: [falls]\n",
      }),
      ...flatten("fhir", { schema: "{from: raw.forms, column: schema, key: id, format: fhir}" }),
      ...flatten("files", {
        documents: "{from: lines, column: answers, key: id, schema_key: form}",
        schema: "{from: form_lines, column: schema, key: id}",
      }),
    });
    for (const { of, checks, findings } of Object.values(found)) {
      expect({ findings, checks }, of).toMatchObject({ findings: [], checks: PASSED });
    }
    expect(Object.keys(found)).toHaveLength(7);
  });

  test("documents as texts may be no JSON at all", async () => {
    const found = await verdicts(world, flatten("texts", {}), "text");
    expect(found["texts"]).toMatchObject({ findings: [], checks: PASSED });
  });

  test("answers in lists need their place in the key; a NULL is an answer, too", async () => {
    const found = await verdicts(world, {
      ...flatten("keyed", { key: "  primary_key: [id, schema_path]\n" }),
      ...flatten("strict", { columns: COLUMNS.replace("value, type: text", "value, type: text, not_null: true") }),
    });
    const [keyed, strict] = [found["keyed"]!, found["strict"]!].map(({ findings }) => findings[0]!.diagnostic);
    expect(keyed!.message).toContain("rows come twice for the primary key (id, schema_path)");
    expect(strict!.message).toContain("value");
    expect(found["keyed"]!.findings[0]!.test).toContain("raw.answers:");
  });
});
