/** What the tests of whole lives do to a warehouse from outside, and ask of it afterwards. */
import { connect } from "../support/database.ts";
import { until, type Warehouse } from "../support/warehouse.ts";

/** Who waits at the gate: the backends of the builds. */
const WAITING = `SELECT count(*)::int FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
  WHERE l.locktype = 'advisory' AND l.objid = 77 AND NOT l.granted`;

/** Closes the gate in every build, and keeps the tables of kinds that only look from being read. */
export async function closeGate(w: Warehouse): Promise<{ arrived(n: number): Promise<void>; open(): Promise<void> }> {
  const keeper = await connect(w.url);
  await keeper.query("BEGIN; SELECT pg_advisory_xact_lock(77); LOCK TABLE lab.made_elsewhere IN ACCESS EXCLUSIVE MODE");
  const looking = `SELECT count(*)::int FROM pg_locks WHERE relation = 'lab.made_elsewhere'::regclass AND NOT granted`;
  const all = async () => Number(await w.value(WAITING)) + Number(await w.value(looking));
  return {
    arrived: (n) => until(async () => (await all()) === n, `${n} at the gate`),
    open: async () => {
      await keeper.query("ROLLBACK");
    },
  };
}

/** Keeps tables from being published; gives what lets go. */
export async function block(w: Warehouse, tables: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const reader = await connect(w.url);
  await reader.query("BEGIN");
  for (const [name, mode] of Object.entries(tables)) await reader.query(`LOCK TABLE lab.${name} IN ${mode} MODE`);
  return async () => {
    await reader.query("ROLLBACK");
  };
}

/** Schemas in which CTF builds and puts old tables aside. */
export const closedSchemas = async (w: Warehouse): Promise<unknown[]> =>
  (await w.rows(`SELECT nspname FROM pg_namespace WHERE nspname ~ '^ctf_' ORDER BY 1`)).map(({ nspname }) => nspname);

/** CTF's own sessions, until none is left: at most some seconds, also when the process was killed. */
export const allGone = (w: Warehouse): Promise<void> =>
  until(
    async () =>
      (await w.value(
        `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name ~ '^ctf'`,
      )) === 0,
    "that no session of ctf is left",
  );

/** The rows of a table, and which table it is: a swap makes it another. */
export async function stateOf(w: Warehouse, name: string): Promise<{ rows: unknown[]; oid: unknown }> {
  const rows = await w.rows(`SELECT claim_id::int, twice FROM lab.${name} ORDER BY 1`);
  return { rows, oid: await w.value(`SELECT 'lab.${name}'::regclass::oid`) };
}

/** Status by transform in the newest run's records. */
export async function recorded(w: Warehouse): Promise<Record<string, unknown>> {
  const rows = await w.rows(
    `SELECT split_part(transform, '.', 2) AS name, status FROM ctf.transform_run WHERE run = (SELECT max(id) FROM ctf.run)`,
  );
  return Object.fromEntries(rows.map(({ name, status }) => [name, status]));
}
