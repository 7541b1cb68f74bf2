/** The session's statements are texts of the program, and its steps join what comes in chunks. */
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { drawLogged } from "../../src/cli/etl/draw_logged.ts";
import { styleFor } from "../../src/cli/terminal/style.ts";
import { mapped, rechunked } from "../../src/workshop/processors/iterables.ts";
import { newMeter } from "../../src/workshop/session/meter.ts";
import { type Logged, openSession } from "../../src/workshop/session/session.ts";
import { count, placeholders, sql } from "../../src/workshop/session/sql.ts";
import { connect, freshDatabase } from "../support/database.ts";

test("a statement is made of texts and other statements", () => {
  const columns = sql`a,
    b`;
  const statement = sql`
    INSERT INTO t
      (${columns})
    VALUES ${placeholders(2, 2)}
    LIMIT ${count(3)}`;
  expect(statement.text).toBe("INSERT INTO t\n  (a,\n  b)\nVALUES ($1, $2), ($3, $4)\nLIMIT 3");
  // @ts-expect-error a value is none
  expect(() => sql`SELECT ${"value"}`).toThrow(TypeError);
});

test("rows come in lists of one length, whatever the chunks were", async () => {
  async function* chunks() {
    yield [1, 2, 3];
    yield [];
    yield [4, 5, 6, 7];
  }
  const doubled = mapped(chunks(), (chunk) => chunk.map((n) => n * 2));
  const lists = [];
  for await (const list of rechunked(doubled, 2)) lists.push(list);
  expect(lists).toEqual([[2, 4], [6, 8], [10, 12], [14]]);
});

test("statements are counted, timed and logged; a log tells rows and parameters, and shortens what repeats", async () => {
  const { url } = await freshDatabase(18);
  const meter = newMeter();
  const logged: Logged[] = [];
  const session = await openSession(url, { name: "reader", meter, log: (entry) => logged.push(entry) });
  await session.execute(sql`CREATE TABLE t (a int, b text)`);
  expect(await session.execute(sql`INSERT INTO t VALUES ${placeholders(3, 2)}`, [1, "x", 2, "y", 3, null])).toBe(3);
  expect(await session.copyIn(sql`COPY t FROM STDIN`, ["4\tz\n", "5\t\\N\n"])).toBe(2);
  expect(await session.query(sql`SELECT a FROM t WHERE b IS NULL`)).toEqual([{ a: 3 }, { a: 5 }]);
  await session.end();
  expect(meter.statements).toBe(4);
  expect(meter.waitedMs).toBeGreaterThan(0);
  expect(logged.map(({ rows, parameters, failed }) => [rows, parameters, failed])).toEqual([
    [0, 0, false],
    [3, 6, false],
    [2, 0, false],
    [2, 0, false],
  ]);
  expect(drawLogged({ ...logged[1]!, milliseconds: 12.3 }, styleFor(false))).toBe(
    "-- reader: 3 rows, 12 ms, 6 parameters\nINSERT INTO t VALUES ($1, $2) /* and 2 more rows */;\n\n",
  );
});

test("a COPY whose rows fail, or whose source fails, leaves a session that can be used", async () => {
  const { url } = await freshDatabase(18);
  const session = await openSession(url, { meter: newMeter() });
  await session.execute(sql`CREATE TABLE t (a int)`);
  await expect(session.copyIn(sql`COPY t FROM STDIN`, ["1\n", "secret\n"])).rejects.toThrow(/SQLSTATE 22P02/);
  const source = async function* () {
    yield "1\n";
    throw new Error("the source");
  };
  await expect(session.copyIn(sql`COPY t FROM STDIN`, source())).rejects.toThrow("the source");
  expect(await session.query(sql`SELECT count(*)::int AS rows FROM t`)).toEqual([{ rows: 0 }]);
  await session.end();
});

test("a COPY whose server hangs up says that the connection was lost", async () => {
  const { url } = await freshDatabase(18);
  const session = await openSession(url, { meter: newMeter() });
  const admin = await connect(url);
  await session.execute(sql`CREATE TABLE t (a int)`);
  const [backend] = await session.query<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
  const source = async function* () {
    yield "1\n";
    await admin.query("SELECT pg_terminate_backend($1, 10000)", [backend!.pid]);
    for (;;) yield setImmediate("2\n");
  };
  await expect(session.copyIn(sql`COPY t FROM STDIN`, source())).rejects.toThrow(/^CTF518 /);
  await session.end();
});
