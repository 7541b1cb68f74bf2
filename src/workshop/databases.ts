/**
 * The databases of a workshop: for each scenario a template that is made once, a copy of it for each run, and of these the
 * last one, to be looked at.
 */
import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";
import { identifier, literal } from "../warehouse/names.ts";
import { VERSION } from "../project/version.ts";
import type { WorkshopServer } from "./server.ts";
import { forms } from "./forms/index.ts";
import { fillScenario } from "./scenarios/fill.ts";
import type { Documents, Scenario } from "./scenarios/types.ts";
import { newMeter } from "./session/meter.ts";
import { openSession } from "./session/session.ts";

/** Which data: a scenario of the conf file, and how its documents are stored. */
export interface Which {
  readonly name: string;
  readonly scenario: Scenario;
  readonly documents: Documents;
  readonly seed: number;
}

/** No scenario's name has a `_`. */
const suffix = ({ name, documents }: Pick<Which, "name" | "documents">): string => `${name}_${documents}`;
const templateOf = (which: Which): string => `template_${suffix(which)}`;
/** Of the last run. */
const lastOf = (which: Pick<Which, "name" | "documents">): string => `last_${suffix(which)}`;

export const urlOf = ({ url }: WorkshopServer, database: string): string => {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
};

export interface Generated {
  /** It was there already. */
  readonly known: boolean;
  readonly seconds: number;
  readonly bytes: number;
}

/** The scenario's template, made unless the same is there. */
export async function ensureTemplate(server: WorkshopServer, which: Which): Promise<Generated> {
  const { admin } = server;
  const template = templateOf(which);
  const digest = digestOf(which);
  const begun = performance.now();
  return holding(admin, template, async () => {
    const known = (await commentOf(admin, template)) === digest;
    if (!known) await makeTemplate(server, which, template, digest);
    const { rows } = await admin.query<{ bytes: number }>("SELECT pg_database_size($1) AS bytes", [template]);
    return { known, seconds: (performance.now() - begun) / 1000, bytes: Number(rows[0]!.bytes) };
  });
}

async function makeTemplate(server: WorkshopServer, which: Which, template: string, digest: string): Promise<void> {
  const { admin } = server;
  await drop(admin, template);
  await withDatabase(server, "making", which, "template0", async (making) => {
    const session = await openSession(urlOf(server, making), { meter: newMeter() });
    try {
      await fillScenario(session, which.scenario, which);
    } finally {
      await session.end();
    }
    await rename(admin, making, template);
    // Nobody may change it, or keep it from being copied by being in it.
    await admin.query(`ALTER DATABASE ${identifier(template)} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
    await admin.query(`COMMENT ON DATABASE ${identifier(template)} IS ${literal(digest)}`);
  });
}

/** A copy of the template for one run; afterwards it is the last one. Where the work fails, it is dropped. */
export async function withCopy<T>(server: WorkshopServer, which: Which, work: (url: string) => Promise<T>): Promise<T> {
  return withDatabase(server, "run", which, templateOf(which), async (copy) => {
    const done = await work(urlOf(server, copy));
    const last = lastOf(which);
    await holding(server.admin, last, async () => {
      await drop(server.admin, last);
      await rename(server.admin, copy, last);
    });
    return done;
  });
}

/** A database of the last run, or a fresh copy of the template where there was none. Gives its name. */
export async function ensureLast(server: WorkshopServer, which: Which): Promise<string> {
  const last = lastOf(which);
  if (!(await databases(server.admin)).includes(last)) await withCopy(server, which, async () => {});
  return last;
}

/** Drops the databases of one scenario, or of all. Gives those that are gone, those in which somebody works, and the others. */
export async function dropDatabases(
  { admin }: WorkshopServer,
  scenario: string | undefined,
): Promise<Readonly<Record<"dropped" | "left" | "others", readonly string[]>>> {
  const dropped: string[] = [];
  const left: string[] = [];
  const others: string[] = [];
  for (const name of await databases(admin)) {
    if (scenario !== undefined && name.split("_")[1] !== scenario) {
      others.push(name);
      continue;
    }
    const free = await tryHold(admin, name);
    (free ? dropped : left).push(name);
    if (!free) continue;
    await drop(admin, name);
    await release(admin, name);
  }
  return { dropped, left, others };
}

/** What processes that were killed have left. */
export async function dropAbandoned({ admin }: WorkshopServer): Promise<void> {
  for (const name of await databases(admin)) {
    if (!/^(run|making)_/.test(name) || !(await tryHold(admin, name))) continue;
    await drop(admin, name);
    await release(admin, name);
  }
}

/** Its name is held as long as it is worked with; it is dropped at the end, unless it has got another name. */
async function withDatabase<T>(
  { admin, signal }: WorkshopServer,
  purpose: "run" | "making",
  which: Which,
  template: string,
  work: (name: string) => Promise<T>,
): Promise<T> {
  const name = `${purpose}_${suffix(which)}_${randomBytes(4).toString("hex")}`;
  return holding(admin, name, async () => {
    signal.throwIfAborted();
    await admin.query(`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(template)} STRATEGY file_copy`);
    const stop = () => void endSessions(admin, name).catch(() => {});
    signal.addEventListener("abort", stop);
    try {
      return await work(name);
    } finally {
      signal.removeEventListener("abort", stop);
      await admin.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`);
    }
  });
}

/** What is at work in it fails at once, and clears up behind itself. */
const endSessions = (admin: pg.Client, name: string) =>
  admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);

async function drop(admin: pg.Client, name: string): Promise<void> {
  if (!(await databases(admin)).includes(name)) return;
  await admin.query(`ALTER DATABASE ${identifier(name)} WITH IS_TEMPLATE false`);
  await admin.query(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
}

const rename = (admin: pg.Client, from: string, to: string) =>
  admin.query(`ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`);

/** Those of the workshop. */
async function databases(admin: pg.Client): Promise<readonly string[]> {
  const { rows } = await admin.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database WHERE datname ~ '^(template|run|making|last)_' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

async function commentOf(admin: pg.Client, name: string): Promise<string | null | undefined> {
  const { rows } = await admin.query<{ comment: string | null }>(
    "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
    [name],
  );
  return rows[0]?.comment;
}

async function holding<T>(admin: pg.Client, name: string, work: () => Promise<T>): Promise<T> {
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

const digestOf = ({ scenario, documents, seed }: Which): string =>
  createHash("sha256")
    .update(JSON.stringify([VERSION, scenario, documents, seed, forms]))
    .digest("hex");
