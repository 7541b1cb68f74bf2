/** --resume goes on where the last run of the same stopped, with what is still true. */
import { expect, test } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import { connect } from "../support/database.ts";
import { definition, until, warehouse, type Warehouse } from "../support/warehouse.ts";

const table = (name: string, inputs: readonly string[] = []) =>
  definition(`lab.${name}`, { n: "int" }, "", `inputs: [${inputs.map((input) => `{transform: ${input}}`).join(", ")}]`);

/** b reads a, c reads b; the builds are counted. */
const FILES = {
  "a.yaml": table("a"),
  "a.sql": "SELECT lab.count('a') AS n",
  "b.yaml": table("b", ["a"]),
  "b.sql": "SELECT lab.count('b') AS n",
  "c.yaml": table("c", ["b"]),
  "c.sql": "SELECT lab.count('c') AS n",
};
const SETUP = `CREATE SCHEMA lab; CREATE TABLE lab.broken (name text);
  CREATE FUNCTION lab.count(name text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM lab.broken b WHERE b.name = $1) THEN RAISE 'broken'; END IF; RETURN 1; END $$`;

const project = () => warehouse(18, FILES, SETUP);
const breakIt = (w: Warehouse, ...names: string[]) =>
  w.client.query("WITH gone AS (DELETE FROM lab.broken) INSERT INTO lab.broken SELECT unnest($1::text[])", [names]);
/** `a` was done before, `b` was made now, `c!` failed, `d-` was skipped. */
const story = (result: RunResult) =>
  result.transforms
    .map((t) => `${t.id.slice(2)}${t.status === "succeeded" ? (t.attempts ? " made" : " kept") : ` ${t.status}`}`)
    .join(", ");

test("what succeeded is kept, also over several resumed runs", async () => {
  const w = await project();
  await breakIt(w, "b");
  expect(story(await w.run())).toBe("a made, b failed, c skipped");
  await breakIt(w, "c");
  expect(story(await w.run({ resume: true }))).toBe("a kept, b made, c failed");
  await breakIt(w);
  const third = await w.start({ resume: true });
  expect(story(await third.result)).toBe("a kept, b kept, c made");
  const [first, second] = (await w.rows("SELECT id FROM ctf.run ORDER BY id")).map(({ id }) => id);
  expect(third.events[0]).toMatchObject({ type: "run_started", resumed: second });
  expect(await w.rows("SELECT resumed FROM ctf.run ORDER BY id")).toEqual([
    { resumed: null },
    { resumed: first },
    { resumed: second },
  ]);
  expect(await w.rows("SELECT status, row_count::int AS rows FROM ctf.transform_run WHERE run > $1", [second])).toEqual(
    [
      { status: "succeeded", rows: 1 },
      { status: "succeeded", rows: 1 },
      { status: "succeeded", rows: 1 },
    ],
  );
});

test("after a run that ended well there is nothing to go on with: all is made", async () => {
  const w = await project();
  await w.publish();
  expect(story(await w.run({ resume: true }))).toBe("a made, b made, c made");
});

test("changed code is built again, and so is what follows it", async () => {
  const w = await project();
  await breakIt(w, "c");
  expect(story(await w.run())).toBe("a made, b made, c failed");
  await breakIt(w);
  w.write({ "a.sql": "SELECT lab.count('a') + 1 AS n" });
  expect(story(await w.run({ resume: true }))).toBe("a made, b made, c made");
});

test("a run of something else in between does not count, nor does one with other variables", async () => {
  const w = await project();
  await breakIt(w, "b");
  await w.run();
  await breakIt(w);
  expect(story(await w.run({ only: ["a"] }))).toBe("a made");
  expect(story(await w.run({ resume: true }))).toBe("a kept, b made, c made");

  await breakIt(w, "b");
  await w.run();
  await breakIt(w);
  await w.client.query(
    `UPDATE ctf.run SET variables = '{"run_date": "2018-04-17"}' WHERE id = (SELECT max(id) FROM ctf.run)`,
  );
  expect(story(await w.run({ resume: true }))).toBe("a made, b made, c made");
});

test("a table that is built and not published stays so through runs that do not come to it", async () => {
  const w = await project();
  await w.publish();
  const reader = await connect(w.url);
  await reader.query("BEGIN; SELECT FROM lab.a");
  const first = new AbortController();
  const going = await w.start({ interrupt: first.signal });
  await going.saw(({ type }) => type === "waiting");
  first.abort();
  expect(story(await going.result)).toBe("a interrupted, b interrupted, c interrupted");
  // A run that is interrupted before it begins anything.
  expect(story(await w.run({ resume: true, interrupt: AbortSignal.abort() }))).toBe(
    "a interrupted, b interrupted, c interrupted",
  );
  await reader.query("ROLLBACK");
  const third = await w.run({ resume: true });
  expect(story(third)).toBe("a made, b made, c made");
  expect(third.transforms[0]?.phases).not.toHaveProperty("build");
  await until(
    async () => (await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_'")) === 0,
    "all is cleaned up",
  );
});
