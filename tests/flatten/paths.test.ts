/** Each answer has one path, and where sections or answers repeat, an index. */
import { expect, test } from "vitest";
import { eventsOf, flatten, rejectsOf } from "./support.ts";

const question = (slug: string, answerType = "text") => ({ slug, answerType });
const section = (slug: string, ...children: unknown[]) => ({ slug, children });

test("a dot, a quote or a backslash in a slug never makes two answers one", async () => {
  const w = await flatten({
    schemas: {
      f: section("f", section("a", question("b.c"), question("b")), section("a.b", question("c")), question('q"\\')),
    },
    documents: [["f", { a: { "b.c": 1, b: 2 }, "a.b": { c: 3 }, 'q"\\': 4, 'r.".\\': 5 }]],
  });
  await w.publish();
  expect(await eventsOf(w)).toEqual([
    String.raw`1 a.b = 2 (text)`,
    String.raw`1 a.b\.c = 1 (text)`,
    String.raw`1 a\.b.c = 3 (text)`,
    String.raw`1 q\"\\ = 4 (text)`,
  ]);
  expect(await rejectsOf(w)).toEqual([String.raw`1 r\.\"\.\\ unknown_path | 5`]);
});

test("lists of answers and of sections, one within the other", async () => {
  const drug = section(
    "drugs",
    question("name"),
    section("doses", question("mg", "number")),
    section("by", question("who")),
  );
  const w = await flatten({
    schemas: { f: section("f", drug, question("days", "textArray")) },
    documents: [
      [
        "f",
        {
          days: ["mon", null, "tue"],
          drugs: [
            { name: "a", doses: [{ mg: 1 }, { mg: 2 }], by: { who: "x" } },
            { name: "b", doses: { mg: [3, 4] }, by: [{ who: "y" }] },
            [],
            {},
          ],
        },
      ],
    ],
  });
  await w.publish();
  expect(await eventsOf(w)).toEqual([
    "1 days[1] = mon (textArray)",
    "1 days[2] = null (textArray)",
    "1 days[3] = tue (textArray)",
    "1 drugs.by.who[1] = x (text)",
    "1 drugs.by.who[2.1] = y (text)",
    "1 drugs.doses.mg[1.1] = 1 (number)",
    "1 drugs.doses.mg[1.2] = 2 (number)",
    "1 drugs.doses.mg[2.1] = 3 (number)",
    "1 drugs.doses.mg[2.2] = 4 (number)",
    "1 drugs.name[1] = a (text)",
    "1 drugs.name[2] = b (text)",
  ]);
  expect(await rejectsOf(w)).toEqual([]);
});

test("slugs that are numbers are no places in a list", async () => {
  const w = await flatten({
    schemas: { f: section("f", section("a", section("0", question("1")))) },
    documents: [
      ["f", { a: { "0": { "1": "x" } } }],
      ["f", { a: [{ "1": "y" }] }],
    ],
  });
  await w.publish();
  expect(await eventsOf(w)).toEqual(["1 a.0.1 = x (text)"]);
  expect(await rejectsOf(w)).toEqual(['2 a.1[1] unknown_path | "y"']);
});

test("numbers keep their digits, and typed columns have what fits", async () => {
  const types = ["number", "boolean", "date", "text"];
  const w = await flatten({
    schemas: { f: section("f", ...types.map((type) => question(type, type))) },
    documents: [
      ["f", '{"number": 1.10, "boolean": true, "date": "2020-02-29", "text": 12345678901234567890}'],
      ["f", '{"number": "-2.5e3", "boolean": "false", "date": null, "text": false}'],
    ],
  });
  await w.publish();
  const typed =
    "SELECT schema_path, value, value_number, value_boolean, value_date::text FROM dwh.response_events ORDER BY submission_id, 1";
  expect((await w.rows(typed)).map((row) => Object.values(row))).toEqual([
    ["boolean", "true", null, true, null],
    ["date", "2020-02-29", null, null, "2020-02-29"],
    ["number", "1.10", "1.10", null, null],
    ["text", "12345678901234567890", null, null, null],
    ["boolean", "false", null, false, null],
    ["date", null, null, null, null],
    ["number", "-2.5e3", "-2500", null, null],
    ["text", "false", null, null, null],
  ]);
});

test("a node that is asked and has further questions", async () => {
  const both = { slug: "pain", answerType: "boolean", children: [question("where")] };
  const w = await flatten({
    schemas: { f: section("f", both) },
    documents: [
      ["f", { pain: true }],
      ["f", { pain: { where: "knee" } }],
      ["f", { pain: [false, { where: "back" }] }],
    ],
  });
  await w.publish();
  expect(await eventsOf(w)).toEqual([
    "1 pain = true (boolean)",
    "2 pain.where = knee (text)",
    "3 pain.where[2] = back (text)",
    "3 pain[1] = false (boolean)",
  ]);
});

test("answers listed by hand, and one form for all", async () => {
  const w = await flatten({
    schema: "{paths: [{path: a.b, type: number, tag: t}, {path: 'c\\.d'}]}",
    documentKeys: "key: id, carry: {id: submission_id, form_id: form_id}",
    documents: [[null, { a: { b: 1, x: 2 }, "c.d": "y" }]],
  });
  await w.publish();
  expect(await eventsOf(w)).toEqual(["1 a.b = 1 (number t)", String.raw`1 c\.d = y (text)`]);
  expect(await rejectsOf(w)).toEqual(["1 a.x unknown_path | 2"]);
});
