/** A bad row never stops a load within max_rejects, and never vanishes. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { problems } from "../support/warehouse.ts";
import { expectCounts, load, rejectsOf, rowsOf } from "./support.ts";

const many = "max_rejects: 100";

for (const major of testMajors) {
  test(`PostgreSQL ${major}: every sort of bad row is kept with its reason, and all others are loaded`, async () => {
    const columns =
      '[{name: id, type: int}, {name: day, type: date}, {name: amount, type: "numeric(6,2)"}, {name: code, type: varchar(3)}, {name: note, type: text, not_null: true}]';
    const rows = [
      "id,day,amount,code,note",
      "1,2018-01-02,1.50,abc,fine",
      "x,2018-01-02,1.50,abc,not an int",
      "3,2018-02-30,1.50,abc,no such day",
      "4,2018-01-02,12345.6,abc,too large",
      "5,2018-01-02,1.50,abcd,too long",
      "6,2018-01-02,1.50,abc,",
      "7,2018-01-02,1.50",
      "8,2018-01-02,1.50,abc,one,too many",
      "9,2018-01-02,-1,abc,breaks the check",
      "10,2018-01-02,1.50,abc  ,blanks at the end are cut",
      "TRAILER|10",
    ];
    const w = await load({
      files: { "data/a.csv": `${rows.join("\n")}\n` },
      columns,
      output: 'constraints: [{name: positive, check: "amount > 0"}]',
      more: many,
      major,
    });
    const result = await w.publish();
    expect(await rowsOf(w, "SELECT id, code FROM lab.t ORDER BY id")).toEqual([
      [1, "abc"],
      [10, "abc"],
    ]);
    expect(await rejectsOf(w)).toEqual([
      `data/a.csv:3 id 22P02 id is not int | ${rows[2]}`,
      `data/a.csv:4 day 22008 day is out of the range of date | ${rows[3]}`,
      `data/a.csv:5 amount 22003 amount is out of the range of numeric(6,2) | ${rows[4]}`,
      `data/a.csv:6 code 22001 code is too long for varchar(3) | ${rows[5]}`,
      `data/a.csv:7 note 23502 note is NULL, and it is declared not null | ${rows[6]}`,
      `data/a.csv:8 - 22P04 3 values where 5 are expected | ${rows[7]}`,
      `data/a.csv:9 - 22P04 6 values where 5 are expected | ${rows[8]}`,
      `data/a.csv:10 - 23514 breaks the constraint positive: CHECK (amount > 0) | ${rows[9]}`,
      `data/a.csv:12 - 22P04 1 value where 5 are expected | ${rows[11]}`,
    ]);
    await expectCounts(w, result, 2, 9);
    expect(problems(result)).toEqual([
      expect.stringMatching(
        /^p\.t CTF831 9 of 11 rows could not be loaded into lab\.t: 3 × .*SELECT \* FROM lab\.t_rejects ORDER BY file, line;$/,
      ),
    ]);
  });

  test(`PostgreSQL ${major}: of rows with the same key the first is loaded`, async () => {
    const w = await load({
      files: {
        "data/a.csv": "id,name,amount\n1,a,1\n2,b,2\n1,c,3\n",
        "data/b.csv": "id,name,amount\n2,d,4\n3,b,\n,e,5\n",
      },
      output: "primary_key: [id]\nunique: [[name]]",
      more: many,
      major,
    });
    const result = await w.publish();
    expect(await rowsOf(w)).toEqual([
      [1, "a", "1"],
      [2, "b", "2"],
    ]);
    expect(await rejectsOf(w)).toEqual([
      "data/a.csv:4 id 23505 the primary key (id) comes twice | 1,c,3",
      "data/b.csv:2 id 23505 the primary key (id) comes twice | 2,d,4",
      "data/b.csv:3 name 23505 the key (name) comes twice | 3,b,",
      "data/b.csv:4 id 23502 id is NULL, and it is declared not null | ,e,5",
    ]);
    await expectCounts(w, result, 2, 4);
  });

  test(`PostgreSQL ${major}: a check that itself fails, and a type that can't be asked, are tried row by row`, async () => {
    const w = await load({
      files: { "data/a.csv": "id,name,amount\n1,a,1\n2,b,0\n3,c,-1\n4,d,x\n" },
      output: 'constraints: [{name: inverse, check: "1 / amount > 0"}]',
      more: many,
      major,
    });
    await w.publish();
    expect(await rowsOf(w)).toEqual([[1, "a", "1"]]);
    expect(await rejectsOf(w)).toEqual([
      "data/a.csv:3 - 22012 division by zero | 2,b,0",
      "data/a.csv:4 - 23514 breaks the constraint inverse: CHECK (1 / amount > 0) | 3,c,-1",
      "data/a.csv:5 amount 22P02 amount is not numeric | 4,d,x",
    ]);
  });
}

test("more than max_rejects: nothing is published, the rejects are there, and no value is in any word", async () => {
  const w = await load({ files: { "data/a.csv": "id,name,amount\n1,a,1\n2,Smith,2\n" } });
  await w.publish();
  w.write({ "data/a.csv": "id,name,amount\n1,a,1\nJones,b,2\n3,Smith\n" });
  const result = await w.run();
  expect(problems(result)).toEqual([
    "p.t CTF830 2 of 3 rows could not be loaded into lab.t: 1 × id is not int (22P02), first at data/a.csv:3; 1 × 2 values where 3 are expected (22P04), first at data/a.csv:4. max_rejects is 0, so nothing was published → Look at them: SELECT * FROM lab.t_rejects ORDER BY file, line;",
  ]);
  expect(await rowsOf(w)).toHaveLength(2);
  expect(await rejectsOf(w)).toHaveLength(2);
  expect(
    await rowsOf(w, "SELECT rows_read::int, rejected::int FROM ctf.transform_run ORDER BY run DESC LIMIT 1"),
  ).toEqual([[3, 2]]);
});

test("max_rejects as a count and as a share", async () => {
  const bad = (count: number, good: number) => `id,name,amount\n${"x,a,1\n".repeat(count)}${"1,a,1\n".repeat(good)}`;
  const status = async (limit: string, text: string) =>
    (await (await load({ files: { "data/a.csv": text }, more: `max_rejects: ${limit}` })).run()).status;
  expect(await status("2", bad(2, 1))).toBe("succeeded");
  expect(await status("2", bad(3, 100))).toBe("failed");
  expect(await status("10%", bad(1, 9))).toBe("succeeded");
  expect(await status("10%", bad(1, 8))).toBe("failed");
  // Exactly at the limit, where 29 / 100 × 100 is less than 29 in floating-point numbers.
  expect(await status("29%", bad(29, 71))).toBe("succeeded");
  expect(await status("29%", bad(30, 70))).toBe("failed");
});

test("the rejects of a replacing load are those of the last one", async () => {
  const w = await load({ files: { "data/a.csv": "id,name,amount\nx,a,1\n" }, more: many });
  await w.publish();
  expect(await rejectsOf(w)).toHaveLength(1);
  w.write({ "data/a.csv": "id,name,amount\n1,a,1\n" });
  await w.publish();
  expect(await rejectsOf(w)).toEqual([]);
});

test("something else with the rejects table's name is left alone, and the load is not begun", async () => {
  const w = await load({ files: { "data/a.csv": "id,name,amount\n" }, setup: "CREATE TABLE lab.t_rejects (id int)" });
  expect(problems(await w.run())).toEqual([
    expect.stringContaining(
      "p.t CTF835 lab.t_rejects is where rejected rows go, and what has that name is no table of rejects",
    ),
  ]);
});

test("who may read the table may read its rejects, unless a column is PHI", async () => {
  const readers = `SELECT DISTINCT pg_get_userbyid(a.grantee)::text AS who FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.oid = 'lab.t_rejects'::regclass AND a.grantee <> c.relowner`;
  const role = `reader_${process.pid}`;
  const bad = { "data/a.csv": "id,name,amount\nx,a,1\n" };
  const w = await load({
    files: bad,
    output: `grants: {${role}: [select]}`,
    more: many,
    setup: `CREATE ROLE ${role}; ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT SELECT ON TABLES TO public`,
  });
  try {
    await w.publish();
    expect(await rowsOf(w, readers)).toEqual([[role]]);
    const phi = "[{name: id, type: int}, {name: name, type: text, phi: true}, {name: amount, type: numeric}]";
    w.write({
      "t.yaml": (await import("./support.ts")).definition({
        columns: phi,
        output: `grants: {${role}: [select]}`,
        more: many,
      }),
    });
    await w.publish();
    expect(await rowsOf(w, readers)).toEqual([]);
  } finally {
    await w.client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});
