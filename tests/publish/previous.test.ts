/** `keep_previous`: what a table held before it was published, and who may see it. */
import { expect, describe, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { testMajors, type TestMajor } from "../support/servers.ts";
import { definition, problems, warehouse, type Warehouse } from "../support/warehouse.ts";
import { isolated } from "../isolation/world.ts";
import { ensureRoles } from "./roles.ts";

const COLUMNS = { id: "integer", name: "text" };
const KEY = "primary_key: [id]";
const KEEPS = "keep_previous: true";
const rows = (n: number, name = "'x'") => `SELECT n AS id, ${name} AS name FROM generate_series(1, ${n}) n`;
const files = (...more: readonly string[]) => ({
  "t.yaml": definition("s.t", COLUMNS, KEY, more.join("\n")),
  "t.sql": rows(3),
});

const against = async (w: Warehouse, ...args: readonly string[]) => {
  const { stdout, stderr } = await runCtf(["diff", "--data", "t", "--against", "previous", "--json", ...args], {
    cwd: w.root,
    env: { WAREHOUSE_URL: w.url },
  });
  return stdout === "" ? stderr : (JSON.parse(stdout) as Record<string, unknown>);
};

/** All that stands where it is kept, and on it. */
const KEPT = `SELECT c.relname AS name, c.relkind AS kind, pg_get_userbyid(c.relowner) AS owner, (SELECT count(*)::int FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS others
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ctf_previous' ORDER BY 1`;

describe.each(testMajors)("on PostgreSQL %i", (major: TestMajor) => {
  test("the rows before the last publish are compared with those after it", async () => {
    const w = await warehouse(major, files(KEEPS));
    await w.publish();
    expect(await against(w)).toMatch(
      /nothing is kept of what s.t held .*\n  → The next publish keeps what is there now/,
    );
    w.write({ "t.sql": rows(4, "CASE n WHEN 2 THEN 'y' ELSE 'x' END") });
    await w.publish();
    expect(await against(w)).toMatchObject({
      before: { name: "previous", rows: 3 },
      now: { name: "published", rows: 4 },
      onlyNow: 1,
      changed: 1,
      same: 2,
    });
    await w.publish();
    expect(await against(w)).toMatchObject({ onlyNow: 0, changed: 0, same: 4 });
  });

  test("nothing is on it that takes up room, holds others up or lets them in", async () => {
    const parts = [
      KEY,
      "indexes: [{columns: [name], where: id > 0}]",
      "unique: [[name, id]]",
      "constraints: [{name: positive, check: id > 0}]",
      "foreign_keys: [{columns: [id], references: {table: s.parent, columns: [id]}}]",
      "statistics: [{name: t_both, columns: [id, name]}]",
      "grants: {analyst: [select]}",
    ].join("\n");
    const parent = {
      "parent.yaml": definition("s.parent", { id: "integer" }, KEY),
      "parent.sql": "SELECT generate_series(1, 9) AS id",
    };
    const table = definition(
      "s.t",
      { ...COLUMNS, nr: "bigint" },
      parts,
      `${KEEPS}
inputs: [{transform: parent}]`,
    );
    const w = await warehouse(major, {
      ...parent,
      "t.yaml": table,
      "t.sql": "SELECT id, 'x' AS name, 1::bigint AS nr FROM s.parent",
    });
    await ensureRoles(w.client, "analyst", "landlord", "ctf_reader");
    await w.client.query(`ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ctf_reader`);
    await w.publish();
    await w.client.query(`CREATE SEQUENCE s.nrs; ALTER TABLE s.t ALTER nr SET DEFAULT nextval('s.nrs');
      GRANT USAGE ON SCHEMA s TO analyst; GRANT SELECT ON s.t TO analyst WITH GRANT OPTION; GRANT UPDATE (name) ON s.t TO ctf_reader; GRANT SELECT ON s.t TO PUBLIC;
      SET ROLE analyst; GRANT SELECT ON s.t TO ctf_reader; RESET ROLE;
      CREATE POLICY own ON s.t USING (id < 5); ALTER TABLE s.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, OWNER TO landlord`);
    await w.publish();
    const me = await w.value("SELECT current_user");
    expect(await w.rows(KEPT)).toEqual([{ name: "s.t", kind: "r", owner: me, others: 0 }]);
    expect(
      await w.value(
        `SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'ctf_previous."s.t"'::regclass AND contype <> 'n'`,
      ),
    ).toBe(0);
    expect(await w.value("SELECT has_schema_privilege('ctf_reader', 'ctf_previous', 'USAGE')")).toBe(false);
    expect(await w.value(`SELECT count(*)::int FROM ctf_previous."s.t"`)).toBe(9);
    await w.client.query("DROP TABLE s.t; DROP TABLE s.parent; DROP SEQUENCE s.nrs");
  });

  test("a transform's own role is not let in", async () => {
    const w = await isolated(major, { "t.yaml": `${KEEPS}\n${definition("lab.t", COLUMNS, KEY)}`, "t.sql": rows(3) });
    await w.publish();
    await w.publish();
    w.write({ "t.sql": `SELECT id, name FROM ctf_previous."lab.t"` });
    const result = await w.run();
    expect(problems(result)).toEqual([expect.stringMatching(/CTF543 the SQL uses a schema that it has no right to/)]);
  });

  test("it is dropped by prune once no definition asks for it, and with its environment", async () => {
    const w = await warehouse(major, {
      ...files(KEEPS),
      "./ctf.yaml":
        "ctf: 1\nproject: test\ndefault_target: test\ntargets:\n  test: {url_env: WAREHOUSE_URL}\n  dev: {url_env: WAREHOUSE_URL, prefix: dev_}\n",
    });
    const ctf = (...args: readonly string[]) => runCtf(args, { cwd: w.root, env: { WAREHOUSE_URL: w.url } });
    for (const target of ["test", "test", "dev", "dev"]) {
      const { code, stderr } = await ctf("run", "--only", "t", "--target", target);
      expect({ code, stderr }).toMatchObject({ code: 0 });
    }
    expect((await w.rows(KEPT)).map(({ name }) => name)).toEqual(["dev_s.t", "s.t"]);
    expect((await ctf("prune", "--yes")).stderr).toMatch(/^Nothing to prune/);
    expect((await ctf("env", "drop", "dev", "--yes")).code).toBe(0);
    expect((await w.rows(KEPT)).map(({ name }) => name)).toEqual(["s.t"]);
    w.write(files());
    expect(JSON.parse((await ctf("prune", "--json", "--yes")).stdout)).toMatchObject({
      abandoned: [{ type: "previous", name: "ctf_previous.s.t", transform: "p.t" }],
    });
    expect(await w.rows(KEPT)).toEqual([]);
    expect(await against(w)).toMatch(
      /nothing is kept of what s.t held .*\n  → Write "keep_previous: true" in pipelines\/p\/t.yaml/,
    );
  });
});

test("where it can't be kept the table is published all the same, with a warning, and nothing older is taken for it", async () => {
  const w = await warehouse(18, files(KEEPS));
  await w.publish();
  await w.publish();
  await w.client.query(`CREATE VIEW s.v AS SELECT * FROM ctf_previous."s.t"`);
  w.write({ "t.sql": rows(5) });
  expect(problems(await w.publish())).toEqual([
    expect.stringMatching(
      /CTF525 s.t is published, but what it held before could not be kept: .*other objects depend on it \(SQLSTATE 2BP01\)/,
    ),
  ]);
  expect(await w.value("SELECT count(*)::int FROM s.t")).toBe(5);
  expect(await against(w)).toMatch(/nothing is kept/);
  expect(await w.value("SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^ctf_(old|build)_'")).toBe(0);
});

test("one that somebody compares with is not waited for longer than a moment", async () => {
  const w = await warehouse(18, files(KEEPS));
  await w.publish();
  await w.publish();
  const other = await connect(w.url);
  await other.query(`BEGIN; SELECT * FROM ctf_previous."s.t"`);
  expect(problems(await w.publish())).toEqual([expect.stringMatching(/a lock was not to be had in time/)]);
  await other.query("ROLLBACK");
  expect(problems(await w.publish())).toEqual([]);
});

test("tables that are changed in place have nothing to keep", async () => {
  const w = await warehouse(18, files(KEEPS, "publish: rows"));
  await w.publish();
  await w.publish();
  expect(await against(w)).toMatch(
    /nothing is kept .*\n  → A run of p.t changes rows in place, so no table is replaced; compare/,
  );
});

test("two tables with long names that begin alike", async () => {
  const name = (end: string) => `${"long_".repeat(11)}${end}`;
  const one = (end: string) => ({
    [`${end}.yaml`]: `${KEEPS}\n${definition(`schema_too.${name(end)}`, COLUMNS, KEY)}`,
    [`${end}.sql`]: rows(3),
  });
  const w = await warehouse(18, { ...one("a"), ...one("b") });
  await w.publish();
  await w.publish();
  expect(await w.rows(KEPT)).toHaveLength(2);
});
