/** Documents that are new or corrected since the last run; and what is published together. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { COLUMNS, definition, eventsOf, expectCounts, flatten, rejectsOf, submit } from "./support.ts";

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

    // A new form is none to the other documents, nor is a change to what only its table of questions shows.
    await w.client.query(
      `UPDATE clinic.form_responses SET responses = '{"b": 1}' WHERE id = 3;
       INSERT INTO clinic.form_schemas VALUES ('g', '{}');
       UPDATE clinic.form_schemas SET schema = schema || '{"label": "F"}' WHERE id = 'f'`,
    );
    expectCounts(await w.publish(), { read: 1, rows: 0, rejected: 1, ignored: 0 });
    expect(await rejectsOf(w)).toEqual(["3 b unknown_path | 1"]);
    const b = { children: [{ slug: "b", answerType: "text" }] };
    await w.client.query("UPDATE clinic.form_schemas SET schema = $1 WHERE id = 'g'", [b]);
    expectCounts(await w.publish(), { read: 1, rows: 1, rejected: 0, ignored: 0 });
    w.write({ "t.yaml": definition({ more: `engine: ${engine}\ntypes: {phone: text}`, top: "mode: append" }) });
    expectCounts(await w.publish(), { read: 6, rows: 6, rejected: 0, ignored: 0 });
  });

  test(`PostgreSQL ${major}, ${engine}: documents with one key, or with none, are rejects until that is mended`, async () => {
    const w = await flatten({
      major,
      schemas: { f: form },
      documents: [["f", { a: "x" }]],
      more: `engine: ${engine}`,
      top: "mode: append",
    });
    await w.publish();
    await w.client.query(`INSERT INTO clinic.form_responses VALUES (1, 'f', '{"a": "y"}'), (NULL, 'f', '{"a": "z"}')`);
    for (const _ of ["first", "again"]) {
      expectCounts(await w.publish(), { read: 3, rows: 0, rejected: 3, ignored: 0 });
      expect(await eventsOf(w)).toEqual([]);
      expect(await rejectsOf(w)).toEqual([
        '1 - repeated_key | {"a": "x"}',
        '1 - repeated_key | {"a": "y"}',
        'form f - no_key | {"a": "z"}',
      ]);
    }
    await w.client.query(`UPDATE clinic.form_responses SET id = 2 WHERE responses->>'a' = 'y'`);
    await w.client.query("UPDATE clinic.form_responses SET id = 3 WHERE id IS NULL");
    await w.publish();
    expect(await eventsOf(w)).toEqual(["1 a = x (text)", "2 a = y (text)", "3 a = z (text)"]);
    expect(await rejectsOf(w)).toEqual([]);
  });
}

test("what append has seen is forgotten where all was made anew in between", async () => {
  const w = await flatten({ schemas: { f: form }, documents: [["f", { a: "old" }]], top: "mode: append" });
  const answer = (a: string) => w.client.query("UPDATE clinic.form_responses SET responses = $1", [{ a }]);
  await w.publish();
  w.write({ "t.yaml": definition({}) });
  await answer("new");
  await w.publish();
  w.write({ "t.yaml": definition({ top: "mode: append" }) });
  await answer("old");
  await w.publish();
  expect(await eventsOf(w)).toEqual(["1 a = old (text)"]);
});

test.each(["sql", "stream"])("%s: a document is found by its key, however the server writes dates", async (engine) => {
  const keyed = { top: "mode: append", more: `engine: ${engine}`, columns: { ...COLUMNS, submission_id: "date" } };
  const w = await flatten({ schemas: { f: form }, documents: [], ...keyed });
  await w.client.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle TO "SQL, DMY"', current_database()); END $$;
     ALTER TABLE clinic.form_responses ALTER id TYPE date USING '2018-03-04';
     INSERT INTO clinic.form_responses VALUES ('2018-03-04', 'f', '{"a": "x"}')`,
  );
  await w.publish();
  await w.client.query(`UPDATE clinic.form_responses SET responses = '{"a": "y"}'`);
  await w.publish();
  expect(await eventsOf(w)).toEqual(["2018-03-04 a = y (text)"]);
});

test.each(["sql", "stream"])("%s: a document is found by its key, whatever its collation", async (engine) => {
  const keyed = { top: "mode: append", more: `engine: ${engine}`, columns: { ...COLUMNS, submission_id: "text" } };
  const w = await flatten({ schemas: { f: form }, documents: [], ...keyed });
  await w.client.query(
    `CREATE COLLATION clinic.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     ALTER TABLE clinic.form_responses ALTER id TYPE text COLLATE "C", ALTER form_id TYPE text COLLATE clinic.any_case;
     INSERT INTO clinic.form_responses VALUES ('k', 'f', '{"a": "x"}'), ('l', 'F', '{"a": "x"}')`,
  );
  await w.publish();
  await w.client.query(
    `ALTER TABLE clinic.form_responses ALTER id TYPE text COLLATE clinic.any_case;
     UPDATE clinic.form_responses SET responses = '{"a": ["y"]}'`,
  );
  await w.publish();
  expect(await eventsOf(w)).toEqual(["k a[1] = y (text)"]);
  expect(await rejectsOf(w)).toEqual(['l - unknown_form | {"a": ["y"]}']);
});

test.each([
  [
    "a check",
    { output: "constraints: [{name: known, check: \"value <> 'forbidden'\"}]", top: "questions: dwh.questions" },
  ],
  ["a monitor", { top: "questions: dwh.questions\nmonitors: [{row_count: {max: 1}}]" }],
  [
    "a monitor of what is appended",
    { top: "questions: dwh.questions\nmode: append\nmonitors: [{row_count: {max: 1}}]" },
  ],
])("where %s fails, everything is as it was before", async (_, keys) => {
  const w = await flatten({ schemas: { f: form }, documents: [["f", { a: "x", n: "many" }]], ...keys });
  const all = async () => [await eventsOf(w), await rejectsOf(w), await w.rows("SELECT * FROM dwh.questions")];
  await w.publish();
  const before = await all();
  await submit(w, [["f", { a: "forbidden", n: 2, z: 1 }]]);
  await w.client.query(
    `UPDATE clinic.form_schemas SET schema = schema || '{"children": [{"slug": "a", "answerType": "text"}]}'`,
  );
  expect((await w.run()).status).toBe("failed");
  expect(await all()).toEqual(before);
});

test("rejects that somebody dropped come back", async () => {
  const w = await flatten({ schemas: { f: form }, documents: [["f", { a: "x", z: 1 }]], top: "mode: append" });
  await w.publish();
  await w.client.query("DROP TABLE dwh.response_events_rejects");
  await w.publish();
  expect(await eventsOf(w)).toEqual(["1 a = x (text)"]);
  expect(await rejectsOf(w)).toEqual(["1 z unknown_path | 1"]);
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
