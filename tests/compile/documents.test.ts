/** A flatten is held against the columns of its inputs, and its own, as a run would. */
import { expect, test } from "vitest";
import { definition } from "../flatten/support.ts";
import { compile, projectOf } from "./projects.ts";

const COLUMNS = { submission_id: "bigint", schema_path: "text", value: "text" };

const sources = (responses: string) => `sources:
  - name: responses
    table: clinic.form_responses
    columns: [{name: id, type: ${responses}}, {name: form_id, type: text}, {name: responses, type: jsonb}, {name: at, type: date}]
  - name: schemas
    table: clinic.form_schemas
    columns: [{name: id, type: text}, {name: schema, type: json}]
`;

const saidOf = async (yaml: string, key = "int") => {
  const root = projectOf(18, { "t.yaml": yaml, "sources/clinic.yaml": sources(key) });
  return (await compile(root)).said;
};

const good = definition({ columns: COLUMNS });

test("one that fits", async () => {
  expect(await saidOf(good)).toEqual([]);
  expect(await saidOf(good.replace("documents:", "\n  engine: stream\n  documents:"))).toEqual([]);
});

test.each([
  ["documents that are no JSON", good.replace("column: responses", "column: at"), "int", /CTF882 .*form_responses\.at/],
  ["a key that would be cut off", good, '"numeric(20,2)"', /CTF510 .*id is numeric\(20,2\), declared bigint/],
  ["a type that there is not", good.replace('type: "bigint"', "type: bigitn"), "int", /CTF340 .*bigitn/],
] as const)("%s", async (_, yaml, key, expected) => {
  expect(await saidOf(yaml, key)).toEqual([expect.stringMatching(expected)]);
});
