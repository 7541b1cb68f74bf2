/** Nothing vanishes: what is no event is a reject with its reason, or ignored by name. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { problems } from "../support/warehouse.ts";
import { expectCounts, flatten, rejectsOf, eventsOf } from "./support.ts";

const form = {
  slug: "f",
  children: [
    {
      slug: "a",
      children: [
        { slug: "text", answerType: "text" },
        { slug: "number", answerType: "number" },
        { slug: "flag", answerType: "boolean" },
        { slug: "day", answerType: "date" },
        { slug: "heading" },
        { slug: "inner", children: [{ slug: "x", answerType: "numberArray" }] },
      ],
    },
  ],
};

const reasons: readonly (readonly [what: string, document: unknown, rejects: readonly string[]])[] = [
  ["an unknown path", { a: { gone: 1 } }, ["1 a.gone unknown_path | 1"]],
  [
    "all leaves of an unknown section",
    { z: { y: [1, { x: null }] } },
    ["1 z.y.x[2] unknown_path | null", "1 z.y[1] unknown_path | 1"],
  ],
  ["a word for a number", { a: { number: "many" } }, ['1 a.number misfit | "many"']],
  ["true for a number", { a: { number: true } }, ["1 a.number misfit | true"]],
  ["a number for a boolean", { a: { flag: 1 } }, ["1 a.flag misfit | 1"]],
  ["a day that is none", { a: { day: "2018-02-30" } }, ['1 a.day misfit | "2018-02-30"']],
  ["the 29th of February of another year", { a: { day: "1900-02-29" } }, ['1 a.day misfit | "1900-02-29"']],
  [
    "an object for an answer",
    { a: { text: { x: 1, y: [2] } } },
    ["1 a.text.x not_an_answer | 1", "1 a.text.y[1] not_an_answer | 2"],
  ],
  ["an answer for a section", { a: 5 }, ["1 a not_a_question | 5"]],
  ["an answer where the form only tells something", { a: { heading: "x" } }, ['1 a.heading not_a_question | "x"']],
  ["an answer among repeated sections", { a: [{ text: "x" }, 3] }, ["1 a[2] not_a_question | 3"]],
  ["a list in a list", { a: { inner: { x: [1, [2]] } } }, ["1 a.inner.x[2.1] list_in_list | 2"]],
  ["a document that is a list", [1, 2], ["1 - not_an_object | [1, 2]"]],
  ["no document", undefined, ["1 - no_document | null"]],
];

for (const major of testMajors) {
  test(`PostgreSQL ${major}: every reason`, async () => {
    const documents = reasons.map(([, document]) => ["f", document] as const);
    const w = await flatten({ major, schemas: { f: form }, documents });
    await w.publish();
    const found = await rejectsOf(w);
    const expected = reasons.flatMap(([, , rejects], n) => rejects.map((text) => text.replace(/^1 /, `${n + 1} `)));
    expect(found).toEqual(expected.sort());
  });
}

for (const [major, json] of [
  [15, "json"],
  [18, "json"],
  [15, "text"],
  [18, "text"],
] as const) {
  test(`PostgreSQL ${major}, ${json}: what is no document`, async () => {
    const w = await flatten({
      major,
      json,
      schemas: { f: form },
      documents: [
        ["f", '{"a": {"text": "a\\u0000b"}}'],
        ["f", '{"a": {"text": "x", "number": 1, "text": "y"}}'],
        ["f", '{"a": {"text": "\\ud800"}}'],
        ["g", { a: { text: "x" } }],
        [null, { a: { text: "x" } }],
        ...(json === "text"
          ? ([
              ["f", "{oops"],
              ["f", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
              ["f", `${'{"a":'.repeat(1001)}1${"}".repeat(1001)}`],
            ] as const)
          : []),
      ],
    });
    await w.client.query(
      "INSERT INTO clinic.form_responses VALUES (NULL, 'f', '{}'), (100, 'f', '{}'), (100, 'f', '{}')",
    );
    const result = await w.publish();
    expect((await rejectsOf(w)).map((text) => text.replace(/ \|.*/, "")).sort()).toEqual(
      [
        "1 - malformed",
        "2 - repeated_slug",
        "3 - malformed",
        "4 - unknown_form",
        "5 - unknown_form",
        ...(json === "text" ? ["6 - malformed", "7 - too_deep", "8 - too_deep"] : []),
        "100 - repeated_key",
        "100 - repeated_key",
        "form f - no_key",
      ].sort(),
    );
    const rejected = json === "text" ? 11 : 8;
    expectCounts(result, { read: rejected, rows: 0, rejected, ignored: 0 });
  });
}

test.each([
  [15, "text"],
  [18, "text"],
  [18, "json"],
] as const)("PostgreSQL %i, %s: what only looks as if it could not be read", async (major, json) => {
  const w = await flatten({
    major,
    json,
    schemas: { f: form },
    documents: [
      ["f", { a: { text: "[".repeat(3000) } }],
      ["f", { a: { inner: { x: Array.from({ length: 1500 }, () => ({})) }, text: "x" } }],
      ["f", '{"a": {"text": "\\u00e9", "number": 1e400}}'],
      ["f", '{"a": {"number": 1e400000}}'],
      ["f", '{"a": {"text": "[", "text": "]"}}'],
      ["g", { a: { text: "[".repeat(3000) } }],
    ],
  });
  await w.publish();
  expect((await eventsOf(w)).map((text) => text.replace(/\[{9}\[+|0{9}0+/, "…"))).toEqual([
    "1 a.text = … (text)",
    "2 a.text = x (text)",
    "3 a.number = 1… (number)",
    "3 a.text = é (text)",
  ]);
  expect((await rejectsOf(w)).map((text) => text.replace(/ \|.*/, ""))).toEqual([
    "4 - malformed",
    "5 - repeated_slug",
    "6 - unknown_form",
  ]);
});

test("what is wrong with the forms themselves is kept, too", async () => {
  const broken = {
    children: [
      { slug: "a", answerType: "text" },
      { answerType: "text" },
      { slug: "a", answerType: "number" },
      { slug: "", children: [{ slug: "b", answerType: "text" }] },
    ],
  };
  const w = await flatten({
    json: "text",
    schemas: { f: broken, g: "{", h: "[]" },
    documents: [
      ["f", { a: "x" }],
      ["g", {}],
    ],
  });
  const result = await w.publish();
  expect(await eventsOf(w)).toEqual(["1 a = x (text)"]);
  expect((await rejectsOf(w)).map((text) => text.replace(/ \|.*/, ""))).toEqual([
    "2 - unknown_form",
    "form f  no_slug",
    "form f  no_slug",
    "form f a repeated_node",
    "form g - malformed",
    "form h - malformed",
  ]);
  expectCounts(result, { read: 2, rows: 1, rejected: 1, ignored: 0 });
});

test("what is ignored is counted, whether the form knows it or not", async () => {
  const w = await flatten({
    schemas: { f: form },
    documents: [["f", { a: { text: "x", inner: { x: [1, 2] } }, debug: { at: 1, on: "y" }, debugger: 1 }]],
    more: "ignore: [debug, a.inner]",
  });
  const result = await w.publish();
  expect(await eventsOf(w)).toEqual(["1 a.text = x (text)"]);
  expect(await rejectsOf(w)).toEqual(["1 debugger unknown_path | 1"]);
  expectCounts(result, { read: 6, rows: 1, rejected: 1, ignored: 4 });
});

test("no value is in any word", async () => {
  const w = await flatten({
    schemas: { f: form },
    documents: [
      ["f", { a: { number: "Smith", Jones: 1 } }],
      ["Miller", {}],
    ],
  });
  const result = await w.publish();
  expect(problems(result)).toEqual([
    "p.t CTF880 3 of 3 answers are no rows of dwh.response_events: 1 × the value does not fit the answer type (misfit); 1 × there is no such form, or its schema can't be read (unknown_form); 1 × the form has no such path (unknown_path) → Look at them: SELECT reason, form, path, count(*) FROM dwh.response_events_rejects GROUP BY 1, 2, 3 ORDER BY 4 DESC;",
  ]);
});

test("the records keep the sum", async () => {
  const w = await flatten({
    schemas: { f: form },
    documents: [["f", { a: { text: "x", flag: "maybe" }, debug: 1 }]],
    more: "ignore: [debug]",
  });
  await w.publish();
  const [row] = await w.rows("SELECT rows_read, row_count, rejected, ignored FROM ctf.transform_run");
  expect(row).toEqual({ rows_read: 3, row_count: 1, rejected: 1, ignored: 1 });
});
