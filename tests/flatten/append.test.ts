/** Documents that are new or corrected since the last run; and what is published together. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { eventsOf, expectCounts, flatten, rejectsOf, submit } from "./support.ts";

const form = {
  slug: "f",
  children: [
    { slug: "a", answerType: "text" },
    { slug: "n", answerType: "number" },
  ],
};

for (const [major, engine] of testMajors.flatMap((major) =>
  (["sql", "stream"] as const).map((engine) => [major, engine] as const),
)) {
  test(`PostgreSQL ${major}, ${engine}: append takes what is new or differs, and running twice changes nothing`, async () => {
    const w = await flatten({
      major,
      schemas: { f: form },
      documents: [
        ["f", { a: "x", n: 1 }],
        ["f", { a: "y", n: "many" }],
        ["g", {}],
      ],
      more: `engine: ${engine}`,
      top: "mode: append",
    });
    const first = await w.publish();
    const events = ["1 a = x (text)", "1 n = 1 (number)", "2 a = y (text)"];
    const rejects = ['2 n misfit | "many"', "3 - unknown_form | {}"];
    expect(await eventsOf(w)).toEqual(events);
    expect(await rejectsOf(w)).toEqual(rejects);
    expectCounts(first, { read: 5, rows: 3, rejected: 2, ignored: 0 });

    const again = await w.publish();
    expect(await eventsOf(w)).toEqual(events);
    expect(await rejectsOf(w)).toEqual(rejects);
    expectCounts(again, { read: 0, rows: 0, rejected: 0, ignored: 0 });

    await w.client.query(`UPDATE clinic.form_responses SET responses = '{"a": "y", "n": 2}' WHERE id = 2`);
    await submit(w, [["f", { a: "z" }]]);
    const corrected = await w.publish();
    expect(await eventsOf(w)).toEqual([...events, "2 n = 2 (number)", "4 a = z (text)"].sort());
    expect(await rejectsOf(w)).toEqual(["3 - unknown_form | {}"]);
    expectCounts(corrected, { read: 3, rows: 3, rejected: 0, ignored: 0 });

    // A new form changes what its documents become, so all are flattened anew.
    await w.client.query("INSERT INTO clinic.form_schemas VALUES ('g', '{}')");
    const anew = await w.publish();
    expect(await rejectsOf(w)).toEqual([]);
    expectCounts(anew, { read: 5, rows: 5, rejected: 0, ignored: 0 });
  });
}

test("where publishing fails, events and rejects are those of before", async () => {
  const w = await flatten({
    schemas: { f: form },
    documents: [["f", { a: "x", n: "many" }]],
    output: "constraints: [{name: known, check: \"value <> 'forbidden'\"}]",
  });
  await w.publish();
  const [events, rejects] = [await eventsOf(w), await rejectsOf(w)];
  await submit(w, [["f", { a: "forbidden", z: 1 }]]);
  expect((await w.run()).status).toBe("failed");
  expect([await eventsOf(w), await rejectsOf(w)]).toEqual([events, rejects]);
});

test("a column that would lose something is refused before anything is read", async () => {
  const w = await flatten({
    schemas: { f: form },
    documents: [],
    columns: { submission_id: "smallint", form_id: "varchar(3)", schema_path: "text" },
  });
  const result = await w.run();
  expect(result.transforms[0]?.diagnostics[0]?.message).toBe(
    "clinic.form_responses does not give the columns of dwh.response_events: id is integer, declared smallint; form_id is text, declared character varying(3)",
  );
});

test("the forms' questions: labels by language, rules of showing, and what is only viewed", async () => {
  const show = { ruleType: "tree", rule: { operator: "eq" } };
  const w = await flatten({
    schemas: {
      f: {
        slug: "f",
        children: [
          {
            slug: "main",
            label: "Main",
            children: [
              { slug: "name", answerType: "text", tag: "t", label: { en: "Name", es: "Nombre" }, viewOnly: true },
              { slug: "why", answerType: "text", show },
            ],
          },
        ],
      },
    },
    documents: [],
    top: "questions: dwh.questions",
  });
  await w.publish();
  await w.publish();
  expect(
    (await w.rows("SELECT * FROM dwh.questions ORDER BY form, position")).map((row) => Object.values(row)),
  ).toEqual([
    ["f", 1, "main", true, null, null, "Main", null, null, false],
    ["f", 2, "main.name", false, "text", "t", "Name", { en: "Name", es: "Nombre" }, null, true],
    ["f", 3, "main.why", false, "text", null, null, null, show, false],
  ]);
});

test("something else with the name of a table beside the output is left alone", async () => {
  const w = await flatten({ schemas: { f: form }, documents: [] });
  await w.client.query("CREATE TABLE dwh.response_events_rejects (id int)");
  const result = await w.run();
  expect(result.transforms[0]?.diagnostics[0]?.code).toBe("CTF884");
});
