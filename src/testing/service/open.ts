/** Opens a database for one test. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { batch, rowsOf } from "../../warehouse/session/batch.ts";
import { connect } from "../../warehouse/session/connect.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { identifier } from "../../warehouse/names.ts";
import type { TestDatabase } from "../../warehouse/testbed/databases.ts";
import { dropForeignKeys } from "../../warehouse/testbed/loosen.ts";
import { impossibleTest } from "../codes.ts";
import { FILE_SCHEMA } from "../judge/file_output.ts";
import { HeldDatabase } from "./held_database.ts";
import type { OpenedProject } from "./opened_project.ts";

/** Shared copies of the template that no test is using at the moment, with their sessions. */
export interface Idle {
  readonly free: { readonly database: TestDatabase; session: Session | undefined }[];
}

/** @throws DiagnosticError when there is no server, or a table can't be made as it is declared */
export async function openClone(opened: OpenedProject): Promise<HeldDatabase> {
  const database = await (await opened.testbed()).own();
  const session = await database.session();
  await batch(session.client, [{ text: `CREATE SCHEMA IF NOT EXISTS ${identifier(FILE_SCHEMA)}` }]);
  await dropForeignKeys(session.client);
  return new HeldDatabase(session, { database, another: async () => (await database.session()).client }, () =>
    database.leave(),
  );
}

/** @throws DiagnosticError as `openClone` */
export async function openShared(opened: OpenedProject, { free }: Idle): Promise<HeldDatabase> {
  const place = free.pop() ?? { database: await (await opened.testbed()).shared(), session: undefined };
  const session = (place.session ??= await place.database.session());
  await batch(session.client, [{ text: "BEGIN" }]);
  await dropForeignKeys(session.client);
  const held: HeldDatabase = new HeldDatabase(session, undefined, async () => {
    const isLost = await batch(session.client, [{ text: "ROLLBACK" }]).then(
      () => false,
      () => true,
    );
    // A person's statements may have changed the session itself.
    if (held.isTouched || isLost) {
      place.session = undefined;
      await session.client.end().catch(() => {});
    }
    free.push(place);
  });
  return held;
}

/**
 * A database that is there already, with what is in it. Nothing of a warehouse: neither one that the project names, nor
 * one that CTF has run on. @throws DiagnosticError
 */
export async function openPreset({ project, env }: OpenedProject, url: string): Promise<HeldDatabase> {
  for (const target of project.targets) {
    const address = target.type === "url" ? env[target.urlEnv] : undefined;
    if (address !== undefined && isSame(address, url)) refuse(`it is the database of target ${target.name}`);
  }
  const client = await connect(url);
  try {
    const [row] = await rowsOf(client, "SELECT pg_catalog.to_regclass('ctf.run') IS NOT NULL AS is_warehouse");
    if (row?.["is_warehouse"]) refuse("CTF has run on it, so it is a warehouse");
    await batch(client, [{ text: "BEGIN" }]);
  } catch (error) {
    await client.end();
    throw error;
  }
  const session: Session = { client, guarded: (work) => work() };
  return new HeldDatabase(session, undefined, async () => {
    await batch(client, [{ text: "ROLLBACK" }]).catch(() => {});
    await client.end();
  });
}

function refuse(reason: string): never {
  const message = `tests do not run on the database of --ctf-database: ${reason}`;
  const hint =
    "Leave --ctf-database out, and each test gets an empty database of its own; or name one that holds nothing else.";
  throw new DiagnosticError([impossibleTest({ message, hint })]);
}

/** The same server and database, as far as two addresses tell. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [addressOf(a), addressOf(b)];
  return one === undefined || other === undefined ? a === b : one === other;
}

function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, pathname, username } = new URL(url);
  const host = /^(127\.\d+\.\d+\.\d+|\[::1\]|)$/.test(hostname) ? "localhost" : hostname.toLowerCase();
  return `${host}:${port || "5432"}/${decodeURIComponent(pathname.slice(1)) || username}`;
}
