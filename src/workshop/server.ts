/**
 * The PostgreSQL server of a data-dir. It is there while some command works with it: whoever leaves last stops it, so nothing
 * is left running. Who works with it holds a lock of the server, so a process that was killed does not count.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { connect } from "../warehouse/session/connect.ts";
import { ensureServer, stopServer, type ServerName } from "../warehouse/embedded/server.ts";
import { isLostConnection } from "../warehouse/errors.ts";

export interface WorkshopServer {
  /** Of database `postgres`; it holds the password. */
  readonly url: string;
  readonly admin: pg.Client;
  /** Aborted when the command is to stop. */
  readonly signal: AbortSignal;
  /** Tells what takes a while. */
  notice(text: string): void;
}

/** Any number will do, if only every ctf takes the same. */
const IN_USE = 4_836_270;
const TRIES = 5;

/** In a folder of its own: a data-dir may be a project's folder, which has a server already. */
export const serverFolder = (dataDir: string): string => join(dataDir, "server");

/** Durable, so that a commit costs what it costs. */
export const serverOf = (dataDir: string): ServerName => ({
  root: serverFolder(dataDir),
  role: "durable",
  major: 18,
});

export async function withServer<T>(
  dataDir: string,
  { signal, notice }: { readonly signal: AbortSignal; readonly notice: (text: string) => void },
  work: (server: WorkshopServer) => Promise<T>,
): Promise<T> {
  const server = { ...(await enter(dataDir, notice)), signal, notice };
  try {
    return await work(server);
  } finally {
    await leave(dataDir, server);
  }
}

/** Somebody else may be stopping it just now. */
async function enter(dataDir: string, notice: (text: string) => void): Promise<Pick<WorkshopServer, "url" | "admin">> {
  for (let tried = 1; ; tried++) {
    const { url } = await ensureServer(serverOf(dataDir), notice);
    writeFileSync(join(serverFolder(dataDir), ".gitignore"), "*\n"); // the data-dir may be in somebody's repository
    try {
      const admin = await connect(url, { applicationName: "ctf etl" });
      await admin.query("SELECT pg_advisory_lock_shared($1)", [IN_USE]);
      return { url, admin };
    } catch (error) {
      if (tried === TRIES || !(error instanceof DiagnosticError || isLostConnection(error))) throw error;
    }
  }
}

async function leave(dataDir: string, { admin }: Pick<WorkshopServer, "admin">): Promise<void> {
  try {
    await admin.query("SELECT pg_advisory_unlock_shared($1)", [IN_USE]);
    const { rows } = await admin.query<{ alone: boolean }>("SELECT pg_try_advisory_lock($1) AS alone", [IN_USE]);
    // The lock is kept until the server is down: who comes meanwhile waits for it, and then begins anew.
    if (rows[0]?.alone) await stopServer(serverOf(dataDir));
  } finally {
    await admin.end().catch(() => {});
  }
}
