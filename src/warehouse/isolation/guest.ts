/** A session that logged in as a guest role: SET ROLE would not do, for RESET ROLE in a DO block undoes it. */
import { randomBytes } from "node:crypto";
import type pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { batch, forgetPrepared, rowsOf, type Statement, type StatementResult } from "../session/batch.ts";
import { connect, sessionSettings } from "../session/connect.ts";
import { PUBLISH_LOCK, unlockAll } from "../session/locks.ts";
import { literal } from "../names.ts";
import { loginRefused, noRoles } from "./codes.ts";
import { takeBack, takeBackSchemas } from "./grants.ts";
import * as roles from "./roles.ts";
import { scramVerifier } from "./scram.ts";

export interface Guest {
  readonly role: string;
  readonly client: pg.Client;
  /** The server process behind it. */
  readonly pid: number;
  /** As it was after the login: nothing that a transform set, made or locked for its session reaches the next. */
  reset(): Promise<void>;
}

/** CTF's own session of the run, which makes the roles and holds their locks. */
export type Send = (statements: readonly Statement[]) => Promise<readonly StatementResult[]>;

/** @throws DiagnosticError where CTF's role can't make others */
export async function whoAmI(send: Send): Promise<roles.Me> {
  const [result] = await send([roles.askWhoIAm]);
  const me = result?.rows[0] as unknown as roles.Me;
  if (me.makes) return me;
  throw new DiagnosticError([
    noRoles({
      message: `the target says "isolation: role", and the role ${me.name} may not make roles`,
      hint: `Let a superuser run ALTER ROLE "${me.name}" CREATEROLE, or write "isolation: none" at the target in ctf.yaml.`,
    }),
  ]);
}

/** Takes a role that nobody uses for this run, and strips it of what a killed run left. */
export async function claimRole(send: Send, me: roles.Me, ours: readonly string[]): Promise<string> {
  const [result] = await send([roles.claimRole(ours)]);
  const { name, there, hasSomething } = result!.rows[0] as {
    readonly name: string;
    readonly there: boolean;
    readonly hasSomething: boolean;
  };
  await inTurn(send, [
    ...(there ? [] : roles.makeRole(name, me)),
    ...(hasSomething ? roles.stripRole(name) : []),
    roles.letLookAround(name),
  ]);
  return name;
}

const setForSession = (settings: Readonly<Record<string, string>>): Statement => ({
  text: `SELECT ${Object.entries(settings)
    .map(([name, value]) => `pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`)
    .join(", ")}`,
});

/** As it was when it was claimed. */
export const clean = (send: Send, role: string): Promise<unknown> =>
  inTurn(send, [...roles.stripRole(role), roles.letLookAround(role)]);

/** Logs in as the role, with a password that is made for this once. @throws DiagnosticError */
export async function enter(
  send: Send,
  me: roles.Me,
  role: string,
  at: { readonly url: string; readonly run: string; readonly variables: Readonly<Record<string, string>> },
): Promise<Guest> {
  const password = randomBytes(24).toString("hex");
  await send(roles.openDoor(role, scramVerifier(password), me));
  const options = { variables: at.variables, applicationName: at.run };
  const client = await connect(at.url, { ...options, as: { user: role, password } }).finally(() =>
    send([roles.closeDoor(role)]),
  );
  const settings = setForSession({
    ...sessionSettings(at.variables),
    application_name: at.run,
    // Rows that a policy would hide are an error: CTF as their owner sees them.
    row_security: "off",
    synchronous_commit: "off",
  });
  const [, asked] = await batch(client, [
    settings,
    { text: "SELECT pg_catalog.pg_backend_pid() AS pid, session_user AS who" },
  ]);
  const { pid, who } = asked!.rows[0] as { readonly pid: number; readonly who: string };
  if (who !== role) {
    await client.end().catch(() => {});
    throw new DiagnosticError([
      loginRefused({
        message: `a session that logged in as ${role} is one of ${who}: a pooler in between logs in as whom it likes`,
        hint: "Point the target at PostgreSQL itself, or at a pooler that passes users on.",
      }),
    ]);
  }
  return {
    role,
    client,
    pid,
    async reset() {
      forgetPrepared(client);
      await batch(client, [{ text: "DISCARD ALL" }, settings]);
    },
  };
}

/** After a failure: what it may read, and owns, is taken back; the login stays. @throws where the session is gone */
export async function tidyUp(send: Send, { client, role }: Guest): Promise<void> {
  await batch(client, [{ text: "ROLLBACK" }, unlockAll]);
  await inTurn(send, [...roles.takeAllOf(role), ...takeBack(role), takeBackSchemas(role)]);
}

/** Takes back everything from these roles, which this session has locked. */
export const strip = async (send: Send, names: readonly string[]): Promise<void> => {
  for (const name of names) await inTurn(send, roles.stripRole(name));
};

/** The same for those that a killed run left. */
export async function stripLeftRoles(client: pg.Client): Promise<void> {
  const left = await rowsOf(client, roles.claimLeftRoles.text);
  const send: Send = (statements) => batch(client, statements);
  await strip(
    send,
    left.map(({ name }) => name as string),
  );
}

/** In one transaction, under the lock of whoever changes rights. */
const inTurn = (send: Send, statements: readonly Statement[]): Promise<unknown> =>
  send([{ text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [PUBLISH_LOCK] }, ...statements]);
