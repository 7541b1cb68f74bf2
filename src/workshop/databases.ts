/**
 * The databases of a workshop: for each scenario a template that is made once, a copy of it for each run, and of these the
 * last one, to be looked at.
 */
import { createHash, randomBytes } from "node:crypto";
import { identifier, literal } from "../warehouse/names.ts";
import { commentOf, databases, drop, dropIfFree, endSessions, holding, rename } from "./catalog.ts";
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
const scenarioOf = (database: string): string => database.split("_")[1]!;
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
  server.notice(`Making the data of ${which.name}.`);
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
  if (!(await databases(server.admin)).some(({ name }) => name === last)) await withCopy(server, which, async () => {});
  return last;
}

/** The scenarios that have databases. */
export async function scenariosWithData({ admin }: WorkshopServer): Promise<readonly string[]> {
  return [...new Set((await databases(admin)).map(({ name }) => scenarioOf(name)))];
}

/** Drops the databases of one scenario, or of all. Gives those that are gone, those in which somebody works, and the others. */
export async function dropDatabases(
  { admin }: WorkshopServer,
  scenario: string | undefined,
): Promise<Readonly<Record<"dropped" | "left" | "others", readonly string[]>>> {
  const dropped: string[] = [];
  const left: string[] = [];
  const others: string[] = [];
  for (const { name } of await databases(admin)) {
    if (scenario !== undefined && scenarioOf(name) !== scenario) others.push(name);
    else ((await dropIfFree(admin, name)) ? dropped : left).push(name);
  }
  return { dropped, left, others };
}

/** What processes that were killed have left, and what a crash of the server left half dropped. */
export async function dropAbandoned({ admin }: WorkshopServer): Promise<void> {
  for (const { name, valid } of await databases(admin)) {
    if (!valid || /^(run|making)_/.test(name)) await dropIfFree(admin, name);
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

const digestOf = ({ scenario, documents, seed }: Which): string =>
  createHash("sha256")
    .update(JSON.stringify([VERSION, scenario, documents, seed, forms]))
    .digest("hex");
