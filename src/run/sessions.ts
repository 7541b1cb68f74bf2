/** The sessions in which transforms are carried out: as many as run at once, kept for the next. */
import type pg from "pg";
import { batch } from "../warehouse/batch.ts";
import { dropClosed } from "../warehouse/build/build.ts";
import { APPLICATION, connect } from "../warehouse/connect.ts";
import type { ClosedSchemas } from "../warehouse/work.ts";

export interface Session {
  readonly client: pg.Client;
  /** The server process behind it. What the client was told at the start may be a pooler's invention. */
  readonly pid: number;
  readonly closed: ClosedSchemas;
}

export interface Sessions {
  /** One that nobody else uses, for the taker to end. */
  open(): Promise<pg.Client>;
  take(): Promise<Session>;
  /** Back for the next transform, or closed if it is not as it was. */
  give(session: Session, sound: boolean): Promise<void>;
  close(): Promise<void>;
}

export function openSessions(url: string, run: string, variables: Readonly<Record<string, string>>): Sessions {
  const idle: Session[] = [];
  const end = ({ client }: Session) => client.end().catch(() => {});
  const open = () => connect(url, { variables, applicationName: `${APPLICATION} ${run}` });
  return {
    open,
    async take() {
      const kept = idle.pop();
      if (kept) return kept;
      const client = await open();
      const [, asked] = await batch(client, [
        // A build's commits need not reach the disk by themselves: the publish that follows does, and the log is one.
        { text: "SET synchronous_commit = off" },
        { text: "SELECT pg_catalog.pg_backend_pid() AS pid" },
      ]);
      return { client, pid: asked?.rows[0]?.["pid"] as number, closed: {} };
    },
    async give(session, sound) {
      if (sound) idle.push(session);
      else await end(session);
    },
    async close() {
      await Promise.all(
        idle.map(async (session) => {
          await dropClosed(session.client, session.closed).catch(() => {});
          await end(session);
        }),
      );
    },
  };
}

/** Drops the connection without a word; the server notices by itself. */
export const hangUp = (client: pg.Client): void => {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
};
