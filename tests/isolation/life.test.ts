/** isolation: role, through kills, cancelling, timeouts and other runs. */
import { expect, test } from "vitest";
import { pgbouncer, pooled } from "../support/pgbouncer.ts";
import { spawnCtf } from "../support/cli.ts";
import { definition, until, type Warehouse } from "../support/warehouse.ts";
import { asRole } from "../publish/roles.ts";
import { allGone, block, closedSchemas, recorded } from "../life/world.ts";
import { connect } from "../support/database.ts";
import { guestsHave, isolated, OWNER, said } from "./world.ts";

const INPUT = "inputs: [{source: claims}]";
const FILES = {
  "t.yaml": definition("lab.t", { n: "int" }, "", INPUT),
  "t.sql": "SELECT n FROM lab.claims WHERE lab.gate()",
  "s.yaml": `kind: sql\n${INPUT}\noutput: {table: lab.s, columns: [{name: n, type: int}]}\n`,
  "s.sql": "DROP TABLE IF EXISTS lab.s; CREATE TABLE lab.s AS SELECT n FROM lab.claims WHERE lab.gate()",
};
const GATE = `CREATE FUNCTION lab.gate() RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN true; END';`;

async function closeGate(w: Warehouse): Promise<{ arrived(n: number): Promise<void>; open(): Promise<unknown> }> {
  const keeper = await connect(w.url);
  await keeper.query("SELECT pg_advisory_lock(77)");
  const waiting = `SELECT count(*)::int FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
    WHERE l.objid = 77 AND NOT l.granted`;
  return {
    arrived: (n) => until(async () => (await w.value(waiting)) === n, `${n} at the gate`),
    open: () => keeper.query("SELECT pg_advisory_unlock(77)"),
  };
}

test("kill -9: the guests end by themselves, and the next run takes their rights back", async () => {
  const w = await isolated(18, FILES, GATE);
  const gate = await closeGate(w);
  const ctf = await spawnCtf(["run", "--all", "--json"], { cwd: w.root, env: { WAREHOUSE_URL: asRole(w.url, OWNER) } });
  await gate.arrived(2);
  expect(await guestsHave(w)).not.toEqual([]);
  ctf.child.kill("SIGKILL");
  await ctf.ended;
  await allGone(w);
  expect(
    await w.value(
      "SELECT count(*)::int FROM pg_stat_activity WHERE usename ~ '^ctf_guest_' AND datname = current_database()",
    ),
  ).toBe(0);
  await gate.open();
  expect(await w.value("SELECT to_regclass('lab.s') IS NULL")).toBe(true);
  await w.publish({ only: ["t"] });
  expect(await guestsHave(w)).toEqual([]);
  expect(await closedSchemas(w)).toEqual([]);
  await w.publish();
});

test("Ctrl-C and a timeout reach what a guest is at", async () => {
  const w = await isolated(18, FILES, GATE);
  const gate = await closeGate(w);
  const ctrlC = new AbortController();
  const going = await w.start({ interrupt: ctrlC.signal });
  await gate.arrived(2);
  ctrlC.abort();
  expect((await going.result).status).toBe("interrupted");
  expect(await recorded(w)).toEqual({ s: "interrupted", t: "interrupted" });
  for (const name of ["t", "s"])
    w.write({ [`${name}.yaml`]: `${FILES[`${name}.yaml` as keyof typeof FILES]}timeout: 300ms\n` });
  expect(said(await w.run()).map((line) => line.split(" ")[1])).toEqual(["CTF516", "CTF516"]);
  await gate.open();
  await allGone(w);
  expect(await guestsHave(w)).toEqual([]);
  expect(await closedSchemas(w)).toEqual([]);
});

test("what a guest has built and could not be published is published by --resume", async () => {
  const w = await isolated(18, { "t.yaml": FILES["t.yaml"], "t.sql": "SELECT n FROM lab.claims" });
  await w.publish();
  const release = await block(w, { t: "ACCESS SHARE" });
  const ctrlC = new AbortController();
  const going = await w.start({ interrupt: ctrlC.signal });
  await going.saw(({ type }) => type === "waiting");
  ctrlC.abort();
  expect((await going.result).status).toBe("interrupted");
  await release();
  expect(await recorded(w)).toEqual({ t: "built" });
  const { transforms } = await w.publish({ resume: true });
  expect(transforms[0]?.phases).not.toHaveProperty("build");
  expect(await closedSchemas(w)).toEqual([]);
  expect(await guestsHave(w)).toEqual([]);
});

test("two runs at once on the same inputs, while these are published", async () => {
  const files: Record<string, string> = {
    "a.yaml": definition("lab.a", { n: "int" }, "", INPUT),
    "a.sql": "SELECT n FROM lab.claims",
  };
  for (const n of [1, 2, 3, 4, 5, 6]) {
    files[`r${n}.yaml`] = definition(`lab.r${n}`, { n: "int" }, "", "inputs: [{transform: a}, {source: claims}]");
    files[`r${n}.sql`] = "SELECT a.n FROM lab.a JOIN lab.claims USING (n)";
  }
  const w = await isolated(18, files, "GRANT SELECT ON lab.claims TO pg_monitor");
  await w.publish();
  await w.client.query("GRANT SELECT ON lab.a TO pg_monitor");
  const readers = ["r1", "r2", "r3", "r4", "r5", "r6"];
  await Promise.all([
    w.publish({ only: readers, concurrency: 3 }),
    w.publish({ only: ["a"] }),
    w.publish({ only: readers, concurrency: 3 }),
  ]);
  const grants =
    "SELECT relname AS name, relacl::text AS acl FROM pg_class WHERE oid IN ('lab.a'::regclass, 'lab.claims'::regclass)";
  for (const { acl } of await w.rows(grants))
    expect(acl).toMatch(/^\{isolation_owner=\w+\/isolation_owner,pg_monitor=r\/isolation_owner\}$/);
  expect(await guestsHave(w)).toEqual([]);
});

test("a publish lets those read the new table who may read the old one at that moment", async () => {
  const w = await isolated(
    18,
    {
      "a.yaml": definition("lab.a", { n: "int" }, "", INPUT),
      "a.sql": "SELECT n FROM lab.claims",
      "s.yaml": "kind: sql\ninputs: [{transform: a}]\noutput: {table: lab.s, columns: [{name: n, type: int}]}\n",
      "s.sql": "CREATE TABLE lab.s (n int);\nSELECT lab.gate();\nINSERT INTO lab.s SELECT n FROM lab.a;",
    },
    GATE,
  );
  await w.publish({ only: ["a"] });
  const gate = await closeGate(w);
  const going = await w.start({ only: ["s"] });
  await gate.arrived(1);
  await w.publish({ only: ["a"] });
  await gate.open();
  expect(said(await going.result)).toEqual([]);
  expect(await guestsHave(w)).toEqual([]);
});

test.runIf(pgbouncer)("a pooler that does not know the guests is told before anything runs", async () => {
  const w = await isolated(18, { "t.yaml": FILES["t.yaml"], "t.sql": "SELECT n FROM lab.claims" });
  const url = await pooled(asRole(w.url, OWNER), "session");
  await expect(w.run({ env: { WAREHOUSE_URL: url } })).rejects.toMatchObject({ diagnostics: [{ code: "CTF541" }] });
});
