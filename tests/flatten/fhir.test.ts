/** FHIR's forms and responses, R4 and R5: every kind of value, and what is written as it should not be. */
import { expect, test } from "vitest";
import { eventsOf, expectCounts, flatten, rejectsOf } from "./support.ts";

const question = (linkId: string, type: string, item: readonly unknown[] = []) => ({ linkId, type, item });
const FORM = {
  resourceType: "Questionnaire",
  item: [
    ...["boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url"].map((type) =>
      question(type, type),
    ),
    ...["coding", "quantity", "reference", "attachment"].map((type) => question(type, type)),
    question("group", "group", [question("inner", "string", [question("below", "string")])]),
    question("note", "display"),
  ],
};
const answered = (linkId: string, ...answer: readonly unknown[]) => ({ linkId, answer });
const values: readonly (readonly [linkId: string, key: string, value: unknown])[] = [
  ["boolean", "valueBoolean", false],
  ["decimal", "valueDecimal", 1.5],
  ["integer", "valueInteger", 3],
  ["date", "valueDate", "2024-02-29"],
  ["dateTime", "valueDateTime", "2024-02-29T10:00:00Z"],
  ["time", "valueTime", "10:00:00"],
  ["string", "valueString", "x"],
  ["text", "valueString", "y"],
  ["url", "valueUri", "http://a.example"],
  ["coding", "valueCoding", { system: "s", code: "c", display: "C" }],
  ["quantity", "valueQuantity", { value: 70.5, unit: "kg" }],
  ["reference", "valueReference", { reference: "Patient/1" }],
  ["attachment", "valueAttachment", { contentType: "text/plain", title: "t" }],
];

const run = (...documents: readonly unknown[]) =>
  flatten({
    schemas: { f: FORM },
    documents: documents.map(
      (item) => ["f", { resourceType: "QuestionnaireResponse", status: "completed", item }] as const,
    ),
    schema: "{from: clinic.form_schemas, column: schema, key: id, format: fhir}",
  });

test("every kind of value", async () => {
  const w = await run(values.map(([linkId, key, value]) => answered(linkId, { [key]: value })));
  const result = await w.publish();
  expectCounts(result, { read: 13, rows: 13, rejected: 0, ignored: 0 });
  expect(await eventsOf(w)).toEqual([
    "1 attachment = t (attachment)",
    "1 boolean = false (boolean)",
    "1 coding = c (coding)",
    "1 date = 2024-02-29 (date)",
    "1 dateTime = 2024-02-29T10:00:00Z (dateTime)",
    "1 decimal = 1.5 (decimal)",
    "1 integer = 3 (integer)",
    "1 quantity = 70.5 (quantity)",
    "1 reference = Patient/1 (reference)",
    "1 string = x (string)",
    "1 text = y (text)",
    "1 time = 10:00:00 (time)",
    "1 url = http://a.example (url)",
  ]);
});

test("groups again and again, several answers, and questions below answers", async () => {
  const inner = (...texts: readonly string[]) =>
    answered(
      "inner",
      ...texts.map((valueString) => ({ valueString, item: [answered("below", { valueString: `${valueString}!` })] })),
    );
  const w = await run([
    { linkId: "group", item: [inner("a", "b")] },
    { linkId: "group", item: [inner("c")] },
  ]);
  await w.publish();
  expect(await eventsOf(w)).toEqual([
    "1 group.inner.below[1.1] = a! (string)",
    "1 group.inner.below[1.2] = b! (string)",
    "1 group.inner.below[2] = c! (string)",
    "1 group.inner[1.1] = a (string)",
    "1 group.inner[1.2] = b (string)",
    "1 group.inner[2] = c (string)",
  ]);
});

test("nothing vanishes that is written as it should not be", async () => {
  const w = await run(
    { linkId: "string", answer: { valueString: "one, and no list" } },
    [
      answered("string", "no object", null, {}),
      answered("gone", { valueInteger: 1 }),
      answered("note", { valueString: "z" }),
    ],
    [{ answer: [{ valueString: "no linkId" }] }, answered("integer", { valueInteger: "many" })],
    ["no item", [{ linkId: "string", answer: [[{ valueString: "a list in a list" }]] }], null],
    [answered("string", { valueString: "two", valueInteger: 2 }, { answer: [{ valueString: "within" }] })],
    [answered("date", { valueDate: "2018-04" }), answered("quantity", { valueQuantity: { code: "kg" } })],
  );
  const result = await w.publish();
  expectCounts(result, { read: 16, rows: 3, rejected: 13, ignored: 0 });
  expect(await eventsOf(w)).toEqual([
    "1 string = one, and no list (string)",
    "4 string = a list in a list (string)",
    "5 string[2] = within (string)",
  ]);
  expect(await rejectsOf(w)).toEqual([
    "2 gone unknown_path | 1",
    '2 note not_a_question | "z"',
    '2 string[1] no_value | "no object"',
    "2 string[2] no_value | null",
    "2 string[3] no_value | {}",
    '3  no_slug | "no linkId"',
    '3 integer misfit | "many"',
    '4 [1] not_an_object | "no item"',
    "4 [2] not_an_object | null",
    '5 string[1] several_values | {"valueString": "two", "valueInteger": 2}',
    '5 string[2] no_value | {"answer": [{"valueString": "within"}]}',
    '6 date misfit | "2018-04"',
    '6 quantity misfit | {"code": "kg"}',
  ]);
});

test("a value without a part that counts is there in whole", async () => {
  const w = await run([
    answered("reference", { valueReference: { identifier: { value: "123" } } }),
    answered("attachment", { valueAttachment: { data: "aGk=" } }),
    answered("coding", { valueCoding: { system: "s" } }),
  ]);
  await w.publish();
  expect(await eventsOf(w)).toEqual([
    '1 attachment = {"data": "aGk="} (attachment)',
    '1 coding = {"system": "s"} (coding)',
    '1 reference = {"identifier": {"value": "123"}} (reference)',
  ]);
});

test("another resource is no response, and no form", async () => {
  const item = [answered("string", { valueString: "x" })];
  const response = { resourceType: "QuestionnaireResponse", item };
  const w = await flatten({
    schemas: { f: FORM, g: { resourceType: "Bundle", entry: [{ resource: FORM }] } },
    documents: [
      ["f", { resourceType: "Bundle", entry: [{ resource: response }] }],
      ["f", { item }],
      ["g", response],
      ["f", { ...response, answer: [{ valueString: "of no item" }] }],
    ],
    schema: "{from: clinic.form_schemas, column: schema, key: id, format: fhir}",
  });
  const result = await w.publish();
  expectCounts(result, { read: 5, rows: 1, rejected: 4, ignored: 0 });
  expect((await rejectsOf(w)).map((text) => text.replace(/ \|.*/, ""))).toEqual([
    "1 - other_resource",
    "2 - other_resource",
    "3 - unknown_form",
    "4  not_a_question",
    "form g - other_resource",
  ]);
});
