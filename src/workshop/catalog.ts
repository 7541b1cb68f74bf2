/** The server's databases as its administrator sees them: which there are, whose work goes on in them, and their end. */
import type pg from "pg";
import { identifier } from "../warehouse/names.ts";

/** What is at work in it fails at once, and clears up behind itself. */
export const endSessions = (admin: pg.Client, name: string) =>
  admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);

export async function drop(admin: pg.Client, name: string): Promise<void> {
  const found = (await databases(admin)).find((one) => one.name === name);
  if (!found) return;
  // Of one that is half dropped, PostgreSQL takes nothing but its drop.
  if (found.template) await admin.query(`ALTER DATABASE ${identifier(name)} WITH IS_TEMPLATE false`);
  await admin.query(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
}

/** Gives false where somebody works with it. */
export async function dropIfFree(admin: pg.Client, name: string): Promise<boolean> {
  if (!(await tryHold(admin, name))) return false;
  try {
    await drop(admin, name);
  } finally {
    await release(admin, name);
  }
  return true;
}

export const rename = (admin: pg.Client, from: string, to: string) =>
  admin.query(`ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`);

interface Database {
  readonly name: string;
  readonly template: boolean;
  /** Not half dropped. */
  readonly valid: boolean;
}

/** Those of the workshop. */
export async function databases(admin: pg.Client): Promise<readonly Database[]> {
  const { rows } = await admin.query<Database>(
    `SELECT datname AS name, datistemplate AS template, datconnlimit <> -2 AS valid
     FROM pg_database WHERE datname ~ '^(template|run|making|last)_' ORDER BY 1`,
  );
  return rows;
}

export async function commentOf(admin: pg.Client, name: string): Promise<string | null | undefined> {
  const { rows } = await admin.query<{ comment: string | null }>(
    "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1 AND datconnlimit <> -2",
    [name],
  );
  return rows[0]?.comment;
}

export async function holding<T>(admin: pg.Client, name: string, work: () => Promise<T>): Promise<T> {
  await admin.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [name]);
  try {
    return await work();
  } finally {
    await release(admin, name);
  }
}

async function tryHold(admin: pg.Client, name: string): Promise<boolean> {
  const { rows } = await admin.query<{ free: boolean }>(
    "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free",
    [name],
  );
  return rows[0]!.free;
}

const release = (admin: pg.Client, name: string) =>
  admin.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [name]);
