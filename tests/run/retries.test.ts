/** Passing faults are tried again, as often as `retries` says; all others fail at once. */
import { expect, test } from "vitest";
import { connect } from "../support/database.ts";
import { definition, problems, until, warehouse, type Going, type Warehouse } from "../support/warehouse.ts";

const files = (sql: string, retries: number, kind = "create_table_as") => ({
  "t.yaml": definition("lab.t", { n: "int" }, "", `retries: ${retries}`).replace("create_table_as", kind),
  "t.sql": sql,
});

/** Fails with a code as long as lab.left says so. A sequence is outside of transactions, so it counts through. */
const SETUP = `CREATE SCHEMA lab; CREATE SEQUENCE lab.tried;
  CREATE FUNCTION lab.fails(times int, state text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('lab.tried') <= times THEN RAISE 'Smith' USING ERRCODE = state; END IF; RETURN 1; END $$;
  CREATE FUNCTION lab.gate() RETURNS int LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN 1; END'`;

const atGate = `SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE a.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 77 AND NOT l.granted`;
const backendAtGate = async (w: Warehouse): Promise<unknown> => {
  await until(async () => (await w.rows(atGate)).length === 1, "a build at the gate");
  return (await w.rows(atGate))[0]?.["pid"];
};
const retried = ({ events }: Going) => events.filter(({ type }) => type === "retrying");

test.each([
  ["a serialization failure", "40001", "CTF515 it conflicted with another transaction (SQLSTATE 40001)"],
  ["a deadlock", "40P01", "CTF515 it deadlocked with another transaction (SQLSTATE 40P01)"],
  ["a lock timeout", "55P03", "CTF515 a lock was not to be had in time (SQLSTATE 55P03)"],
])("%s passes", async (_, state) => {
  const w = await warehouse(18, files(`SELECT lab.fails(1, '${state}') AS n`, 1), SETUP);
  const going = await w.start();
  const result = await going.result;
  expect(result.transforms[0]).toMatchObject({ status: "succeeded", attempts: 2, diagnostics: [] });
  expect(retried(going)).toEqual([
    expect.objectContaining({ attempt: 2, diagnostic: expect.objectContaining({ transform: "p.t" }) }),
  ]);
  expect(JSON.stringify(going.events)).not.toContain("Smith");
  expect(await w.value("SELECT attempts FROM ctf.transform_run")).toBe(2);
});

test("only so often, and only what passes", async () => {
  const w = await warehouse(18, files("SELECT lab.fails(2, '40001') AS n", 1), SETUP);
  const result = await w.run();
  expect(result.transforms[0]).toMatchObject({ status: "failed", attempts: 2 });
  expect(problems(result)).toEqual([
    expect.stringContaining("it conflicted with another transaction (SQLSTATE 40001)"),
  ]);
  w.write(files("SELECT lab.fails(9, 'P0001') AS n", 5));
  expect((await w.run()).transforms[0]).toMatchObject({ status: "failed", attempts: 1 });
  w.write(files("SELECT lab.fails(9, '40001') AS n", 0));
  expect((await w.run()).transforms[0]).toMatchObject({ status: "failed", attempts: 1 });
});

test("a lost connection: the next attempt has a new one", async () => {
  const w = await warehouse(18, files("SELECT lab.gate() AS n", 1), SETUP);
  await w.client.query("SELECT pg_advisory_lock(77)");
  const going = await w.start();
  await w.client.query("SELECT pg_terminate_backend($1)", [await backendAtGate(w)]);
  await w.client.query("SELECT pg_advisory_unlock(77)");
  expect((await going.result).transforms[0]).toMatchObject({ status: "succeeded", attempts: 2 });
  expect(retried(going)).toMatchObject([{ diagnostic: { code: "CTF518", message: expect.stringContaining("lost") } }]);
});

test("without retries a lost connection is a failure, and nothing has changed", async () => {
  const w = await warehouse(18, files("CREATE TABLE lab.t (n int); SELECT lab.gate()", 0, "sql"), SETUP);
  await w.client.query("SELECT pg_advisory_lock(77)");
  const going = await w.start();
  await w.client.query("SELECT pg_terminate_backend($1)", [await backendAtGate(w)]);
  const result = await going.result;
  expect(problems(result)).toEqual([expect.stringMatching(/^p\.t CTF518 the connection to the warehouse was lost/)]);
  expect(await w.value("SELECT to_regclass('lab.t')")).toBeNull();
  await w.client.query("SELECT pg_advisory_unlock(77)");
});

test("what was built before the connection was lost is not built again", async () => {
  const w = await warehouse(18, files("SELECT 1 AS n", 1), `${SETUP}; CREATE TABLE lab.t (n int)`);
  const reader = await connect(w.url);
  await reader.query("BEGIN; SELECT FROM lab.t");
  const going = await w.start();
  await going.saw(({ type }) => type === "waiting");
  const session = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = ${0x43544602}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  await w.client.query("SELECT pg_terminate_backend($1)", [await w.value(session)]);
  await going.saw(({ type }) => type === "retrying");
  await reader.query("ROLLBACK");
  expect((await going.result).transforms[0]).toMatchObject({ status: "succeeded", attempts: 2 });
  expect(going.events.filter((event) => event.type === "phase_started" && event.phase === "build")).toHaveLength(1);
});

test("the run's own session is lost: it connects again, and the records are whole", async () => {
  const w = await warehouse(18, files("SELECT lab.gate() AS n", 0), SETUP);
  await w.client.query("SELECT pg_advisory_lock(77)");
  const going = await w.start();
  const builder = await backendAtGate(w);
  const own =
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^ctf' AND pid <> $1";
  await w.client.query("SELECT pg_terminate_backend($1)", [await w.value(own, [builder])]);
  await w.client.query("SELECT pg_advisory_unlock(77)");
  expect((await going.result).status).toBe("succeeded");
  expect(
    await w.rows(
      "SELECT r.status, t.status AS t, t.row_count::int AS rows FROM ctf.run r JOIN ctf.transform_run t ON t.run = r.id",
    ),
  ).toEqual([{ status: "succeeded", t: "succeeded", rows: 1 }]);
});

test("Ctrl-C while it waits to try again", async () => {
  const w = await warehouse(18, files("SELECT lab.fails(99, '40001') AS n", 50), SETUP);
  const ctrlC = new AbortController();
  const going = await w.start({ interrupt: ctrlC.signal });
  await going.saw((event) => event.type === "retrying" && event.attempt === 2);
  ctrlC.abort();
  expect((await going.result).status).toBe("interrupted");
});
