/**
 * Databases for tests on the project's scratch server. A template holds the empty tables that tests need; it is made once
 * for what it holds and kept. Tests that roll back share copies of it that are kept too, one for each session; others get a
 * copy of their own. Who uses one of them holds an advisory lock on its name: what nobody holds may be dropped.
 */
import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";
import { batch, rowsOf } from "../session/batch.ts";
import { connect } from "../session/connect.ts";
import { databaseUrl, guarded, letIn, makeRole, type Session } from "../empty/database.ts";
import { ensureServer, serverStatus, type ServerName } from "../embedded/server.ts";
import { identifier, literal } from "../names.ts";

const PREFIX = "ctf_test_";
/** So many templates stay, those used last. */
const KEPT = 6;
/** A template that was not used for so long goes. */
const OLDEST_MS = 7 * 24 * 3_600_000;
/** When a template was used is written down this exactly. */
const REMEMBERED_MS = 3_600_000;

export interface TestDatabase {
  readonly name: string;
  /** Of the unprivileged role. */
  readonly url: string;
  /** A session as the unprivileged role, with the project's variables set. Ended with the database. */
  session(): Promise<Session>;
  /** Ends the sessions; others may be opened for another use. */
  rest(): Promise<void>;
  /** Ends the sessions, and gives a shared copy back or drops an own one. */
  leave(): Promise<void>;
}

export interface Testbed {
  /** A copy of the template where nothing is ever committed. */
  shared(): Promise<TestDatabase>;
  /** A copy for one use. */
  own(): Promise<TestDatabase>;
}

export interface TestbedSettings {
  readonly server: ServerName;
  /** All that the template has to hold, one text each. One that holds more will do. */
  readonly parts: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Fills the empty template. Where it fails nothing is kept. */
  readonly fill: (session: () => Promise<Session>) => Promise<void>;
  /** Gets what takes time. */
  readonly notice: (text: string) => void;
}

/**
 * Hands over a testbed and clears up behind it whatever happens.
 * @throws DiagnosticError when there is no server to be had, or what `fill` throws
 */
export async function withTestbed<T>(settings: TestbedSettings, work: (testbed: Testbed) => Promise<T>): Promise<T> {
  const { server, notice } = settings;
  if (serverStatus(server).state !== "running") notice("Starting a scratch PostgreSQL, to run the tests in …");
  const { url } = await ensureServer(server, notice);
  const admin = await connect(url);
  const users = new Set<TestDatabase>();
  const made = new TemplateUser(admin, url, settings, users);
  try {
    await made.prepare();
    return await work(made);
  } finally {
    await Promise.all([...users].map((database) => database.leave().catch(() => {})));
    await admin.end();
  }
}

/** One command's hold on a template. A lifetime, hence a class. */
class TemplateUser implements Testbed {
  private readonly admin: pg.Client;
  private readonly adminUrl: string;
  private readonly settings: TestbedSettings;
  private readonly users: Set<TestDatabase>;
  /** What the template holds, as short texts. */
  private readonly parts: readonly string[];
  private template: string;
  /** Statements on databases one after the other: the session is one. */
  private before: Promise<unknown> = Promise.resolve();

  constructor(admin: pg.Client, adminUrl: string, settings: TestbedSettings, users: Set<TestDatabase>) {
    this.admin = admin;
    this.adminUrl = adminUrl;
    this.settings = settings;
    this.users = users;
    this.parts = settings.parts.map((part) => digest(part).slice(0, 12)).sort();
    this.template = `${PREFIX}${digest(this.parts.join(" ")).slice(0, 16)}`;
  }

  /** Whoever may read the superuser's password may log in as the role: nothing has to be kept or handed on. */
  private get password(): string {
    return digest(`${new URL(this.adminUrl).password} ${this.template}`);
  }

  async prepare(): Promise<void> {
    const { admin } = this;
    const found = await templatesAndCopies(admin);
    await dropForsaken(admin, found);
    const kept = found.find((one) => this.parts.every((part) => one.note?.parts.includes(part)));
    if (kept && (await this.use(kept.name))) return;
    const { template } = this;
    for (;;) {
      await lock(admin, template);
      try {
        if ((await noteOf(admin, template)) === undefined) await this.make();
      } finally {
        await unlock(admin, template);
      }
      // Somebody may have found it old in between.
      if (await this.use(template)) return;
    }
  }

  /** Holds a template as long as the session lives, if it is whole. */
  private async use(template: string): Promise<boolean> {
    await lock(this.admin, template, "shared");
    const note = await noteOf(this.admin, template);
    if (note) {
      this.template = template;
      // PostgreSQL refuses one of two that write it at the same moment, and the other has written the same.
      if (Date.now() - note.used > REMEMBERED_MS) await this.remember(note.parts).catch(() => {});
      return true;
    }
    await unlock(this.admin, template, "shared");
    return false;
  }

  private async make(): Promise<void> {
    const { admin, template, password, settings } = this;
    await dropTemplate(admin, template);
    const sessions: pg.Client[] = [];
    try {
      await makeRole(admin, template, password, settings.variables);
      await batch(admin, [{ text: `CREATE DATABASE ${identifier(template)} TEMPLATE template0 STRATEGY file_copy` }]);
      await batch(admin, letIn(template, template));
      const inside = await connect(databaseUrl(this.adminUrl, template));
      await batch(inside, [{ text: `GRANT ALL ON SCHEMA public TO ${identifier(template)}` }]).finally(() =>
        inside.end(),
      );
      await settings.fill(async () => this.open(template, sessions));
    } catch (error) {
      await endAll(sessions);
      await dropTemplate(admin, template);
      throw error;
    }
    await endAll(sessions);
    await this.remember(this.parts);
  }

  /** Also says that it is whole. */
  private async remember(parts: readonly string[]): Promise<void> {
    const note: Note = { used: Date.now(), parts };
    const text = literal(JSON.stringify(note));
    await batch(this.admin, [{ text: `COMMENT ON DATABASE ${identifier(this.template)} IS ${text}` }]);
  }

  private async open(database: string, sessions: pg.Client[]): Promise<Session> {
    const client = await connect(
      databaseUrl(this.adminUrl, database, { name: this.template, password: this.password }),
    );
    sessions.push(client);
    await batch(client, [{ text: "RESET ALL" }]); // to what `makeRole` set for the role
    return { client, guarded: (doing) => guarded(this.admin, client, doing) };
  }

  async shared(): Promise<TestDatabase> {
    return this.inTurn(async () => {
      for (let n = 1; ; n++) {
        const name = `${this.template}_${n}`;
        if (!(await tryLock(this.admin, name))) continue;
        if (!(await exists(this.admin, name))) await this.copy(name);
        return this.database(name, () => unlock(this.admin, name));
      }
    });
  }

  async own(): Promise<TestDatabase> {
    const name = `${this.template}_x${randomBytes(5).toString("hex")}`;
    return this.inTurn(async () => {
      await lock(this.admin, name);
      await this.copy(name);
      return this.database(name, async () => {
        await dropDatabase(this.admin, name);
        await unlock(this.admin, name);
      });
    });
  }

  private async copy(name: string): Promise<void> {
    const [to, from] = [identifier(name), identifier(this.template)];
    await batch(this.admin, [{ text: `CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY file_copy` }]);
    await batch(this.admin, letIn(name, this.template));
  }

  private database(name: string, release: () => Promise<void>): TestDatabase {
    const sessions: pg.Client[] = [];
    let left: Promise<void> | undefined;
    const database: TestDatabase = {
      name,
      url: databaseUrl(this.adminUrl, name, { name: this.template, password: this.password }),
      session: () => this.open(name, sessions),
      rest: async () => void (await endAll(sessions.splice(0))),
      leave: () =>
        (left ??= (async () => {
          await endAll(sessions);
          await this.inTurn(release);
        })().finally(() => this.users.delete(database))),
    };
    this.users.add(database);
    return database;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.before.then(work);
    this.before = done.catch(() => {});
    return done;
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const endAll = (clients: readonly pg.Client[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.end().catch(() => {})));

const KEY = "pg_catalog.hashtextextended($1, 0)";

async function lock(admin: pg.Client, name: string, how: "shared" | "exclusive" = "exclusive"): Promise<void> {
  await rowsOf(admin, `SELECT pg_catalog.pg_advisory_lock${how === "shared" ? "_shared" : ""}(${KEY})`, [name]);
}

async function tryLock(admin: pg.Client, name: string): Promise<boolean> {
  // A session gets a lock that it holds already once more, so its own databases are asked for too.
  const [row] = await rowsOf(
    admin,
    `SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.pid = pg_catalog.pg_backend_pid()
       AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = ${KEY}) AND pg_catalog.pg_try_advisory_lock(${KEY}) AS got`,
    [name],
  );
  return row?.["got"] === true;
}

async function unlock(admin: pg.Client, name: string, how: "shared" | "exclusive" = "exclusive"): Promise<void> {
  await rowsOf(admin, `SELECT pg_catalog.pg_advisory_unlock${how === "shared" ? "_shared" : ""}(${KEY})`, [name]);
}

async function exists(admin: pg.Client, name: string): Promise<boolean> {
  const rows = await rowsOf(admin, "SELECT FROM pg_catalog.pg_database WHERE datname = $1", [name]);
  return rows.length > 0;
}

/** What is kept with a template that is whole, as its comment. */
interface Note {
  /** When, as JavaScript counts it. */
  readonly used: number;
  readonly parts: readonly string[];
}

async function noteOf(admin: pg.Client, template: string): Promise<Note | undefined> {
  const [row] = await rowsOf(
    admin,
    `SELECT pg_catalog.shobj_description(d.oid, 'pg_database') AS note FROM pg_catalog.pg_database d WHERE d.datname = $1`,
    [template],
  );
  return readNote((row?.["note"] ?? null) as string | null);
}

/** Another version of CTF may have written another. */
function readNote(text: string | null): Note | undefined {
  const note = JSON.parse(text ?? "null") as Partial<Note> | null;
  return note?.parts && note.used !== undefined ? { used: note.used, parts: note.parts } : undefined;
}

interface Found {
  readonly name: string;
  readonly note: Note | undefined;
}

async function templatesAndCopies(admin: pg.Client): Promise<readonly Found[]> {
  const rows = await rowsOf(
    admin,
    `SELECT d.datname AS name, pg_catalog.shobj_description(d.oid, 'pg_database') AS note
     FROM pg_catalog.pg_database d WHERE pg_catalog.starts_with(d.datname, $1)`,
    [PREFIX],
  );
  return rows.map((row) => ({ name: row["name"] as string, note: readNote(row["note"] as string | null) }));
}

/** Own copies whose command was killed, and templates with their copies that are too many or too old. */
async function dropForsaken(admin: pg.Client, found: readonly Found[]): Promise<void> {
  for (const { name } of found) {
    if (/_x[0-9a-f]+$/.test(name)) await ifNobodyHolds(admin, name, () => dropDatabase(admin, name));
  }
  const templates = found
    .filter(({ name }) => !name.slice(PREFIX.length).includes("_"))
    .map(({ name, note }) => ({ name, used: note?.used ?? 0 }))
    .sort((a, b) => b.used - a.used);
  for (const [n, { name, used }] of templates.entries()) {
    if (n < KEPT && used > Date.now() - OLDEST_MS) continue;
    await ifNobodyHolds(admin, name, () => dropTemplate(admin, name));
  }
}

async function ifNobodyHolds(admin: pg.Client, name: string, work: () => Promise<void>): Promise<void> {
  if (await tryLock(admin, name)) await work().finally(() => unlock(admin, name));
}

/** Drops the template with the copies that tests shared, and their role. */
async function dropTemplate(admin: pg.Client, template: string): Promise<void> {
  const copies = await rowsOf(
    admin,
    "SELECT d.datname AS name FROM pg_catalog.pg_database d WHERE pg_catalog.starts_with(d.datname, $1)",
    [`${template}_`],
  );
  for (const { name } of copies) await dropDatabase(admin, name as string);
  await dropDatabase(admin, template);
  await batch(admin, [{ text: `DROP ROLE IF EXISTS ${identifier(template)}` }]);
}

async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  await batch(admin, [{ text: `DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)` }]);
}
