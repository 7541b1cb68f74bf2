/** Advisory locks, as pairs (class, number): the class says what for. All of CTF's classes stand here. */
import type pg from "pg";
import { createHash } from "node:crypto";
import { rowsOf, type Statement } from "./batch.ts";

/** "CTF" in ASCII, then a digit. */
export const RECORDS_LOCK = 0x43544600;
/** Held by a transaction that publishes: one at a time in a database. */
export const PUBLISH_LOCK = 0x43544601;
/** Held by a session while it makes an output. */
export const OUTPUT_LOCK = 0x43544602;
/** Held by a run's session while it lives. */
export const RUN_LOCK = 0x43544603;
/** Held by a run's own session, with a guest role's number, while the run uses that role. */
export const GUEST_LOCK = 0x43544604;

/** A signed 32-bit number for a name. */
export const lockNumber = (name: string): number => createHash("sha256").update(name).digest().readInt32BE(0);

/** Gives one row: whether it is `locked` now. */
export const tryLockStatement = (lock: number, name: string): Statement => ({
  text: "SELECT pg_catalog.pg_try_advisory_lock($1, $2) AS locked",
  values: [lock, lockNumber(name)],
});

export const lockStatement = (lock: number, name: string): Statement => ({
  text: "SELECT pg_catalog.pg_advisory_lock($1, $2)",
  values: [lock, lockNumber(name)],
});

export const unlockStatement = (lock: number, name: string): Statement => ({
  text: "SELECT pg_catalog.pg_advisory_unlock($1, $2)",
  values: [lock, lockNumber(name)],
});

/** What people's SQL has locked for its session: CTF itself could have to wait for that, and the server would see no deadlock. */
export const unlockAll: Statement = { text: "SELECT pg_catalog.pg_advisory_unlock_all()" };

/** The backend that holds a lock, if any. */
export async function holder(client: pg.Client, lock: number, name: string): Promise<number | undefined> {
  const rows = await rowsOf(
    client,
    `SELECT l.pid FROM pg_catalog.pg_locks l
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
       AND l.classid::bigint = $1 AND l.objid::bigint = ($2::bigint & 4294967295)
       AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())`,
    [lock, lockNumber(name)],
  );
  return rows[0]?.["pid"] as number | undefined;
}
