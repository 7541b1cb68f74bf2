/** A warehouse whose target says `isolation: role`, reached as a role that owns its schema and may make roles. */
import type { RunResult } from "../../src/run/events.ts";
import { asRole, ensureRoles } from "../publish/roles.ts";
import { lines, type Files } from "../support/files.ts";
import type { TestMajor } from "../support/servers.ts";
import { warehouse, type Warehouse } from "../support/warehouse.ts";

/** CTF's role here: no superuser. */
export const OWNER = "isolation_owner";

export const CTF_YAML =
  "ctf: 1\nproject: test\ntargets:\n  test: {url_env: WAREHOUSE_URL, isolation: role}\ndefaults: {retries: 0}\n";

const FILES: Files = {
  "./ctf.yaml": CTF_YAML,
  "sources/lab.yaml": "sources:\n  - {name: claims, table: lab.claims}\n  - {name: secret, table: lab.secret}\n",
};

const SETUP = `
  CREATE TABLE lab.claims (n int); INSERT INTO lab.claims VALUES (1);
  CREATE TABLE lab.secret (n int); INSERT INTO lab.secret VALUES (7);
`;

/** The test's own session stays a superuser's. `setup` runs as CTF's role. */
export async function isolated(major: TestMajor, files: Files, setup = ""): Promise<Warehouse> {
  const w = await warehouse(major, { ...FILES, ...files });
  await ensureRoles(w.client, OWNER);
  await w.client.query(`DO $$ BEGIN IF NOT (SELECT rolcreaterole FROM pg_roles WHERE rolname = '${OWNER}')
    THEN ALTER ROLE ${OWNER} CREATEROLE; END IF; END $$`);
  await w.client.query(
    `GRANT CREATE ON DATABASE ${(await w.value("SELECT current_database()")) as string} TO ${OWNER}`,
  );
  await w.client.query(`SET ROLE ${OWNER}; CREATE SCHEMA lab; ${SETUP} ${setup}; RESET ROLE`);
  return as(w, OWNER);
}

/** The same, with CTF going in as another role. */
export const as = (w: Warehouse, role: string): Warehouse => at(w, asRole(w.url, role));

/** As the test itself. */
export const asSuperuser = (w: Warehouse): Warehouse => at(w, w.url);

function at(w: Warehouse, url: string): Warehouse {
  const env = { WAREHOUSE_URL: url };
  return {
    ...w,
    start: (options) => w.start({ env, ...options }),
    run: (options) => w.run({ env, ...options }),
    publish: (options) => w.publish({ env, ...options }),
  };
}

/** What a run said of its transforms, with places. */
export const said = (result: RunResult): readonly string[] =>
  lines(result.transforms.flatMap(({ diagnostics }) => diagnostics));

/** All that guest roles may do or own in this database. */
export const guestsHave = (w: Warehouse): Promise<Record<string, unknown>[]> =>
  w.rows(`SELECT pg_describe_object(s.classid, s.objid, 0) AS what FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
    WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname ~ '^ctf_guest_'
      AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`);
