/** The sessions in which transforms are carried out: as many as run at once, kept for the next. */
import type pg from "pg";
import { batch } from "../warehouse/session/batch.ts";
import { dropClosed } from "../warehouse/build/build.ts";
import { APPLICATION, connect } from "../warehouse/session/connect.ts";
import type { Guest } from "../warehouse/isolation/guest.ts";
import type { ClosedSchemas } from "../warehouse/work.ts";
import type { Guests } from "./guests.ts";

export interface Session {
  readonly client: pg.Client;
  /** The server process behind it. What the client was told at the start may be a pooler's invention. */
  readonly pid: number;
  readonly closed: ClosedSchemas;
  /** With `isolation: role`, once it was needed: the session beside it in which people's SQL runs. */
  guest?: Guest;
}

export interface Sessions {
  /** One that nobody else uses, for the taker to end. */
  open(): Promise<pg.Client>;
  /** `withGuest`: people's SQL is to run. */
  take(withGuest: boolean): Promise<Session>;
  /** Back for the next transform, or closed if it is not as it was. `cancelled`: its statements were told to stop. */
  give(session: Session, sound: boolean, cancelled: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * A new session finds nothing in its caches, which costs it more than a small transform. So two begin at once, and whoever
 * comes after them has one of its own only if none of theirs is free within a moment.
 */
const AT_ONCE = 2;
const MOMENT_MS = 200;

/** `guests`: with `isolation: role`. */
export function openSessions(
  url: string,
  run: string,
  variables: Readonly<Record<string, string>>,
  guests: Guests | undefined,
): Sessions {
  const idle: Session[] = [];
  const waiting = new Set<(session: Session | undefined) => void>();
  let begun = 0;
  const end = async ({ client, guest }: Session) => {
    begun -= 1;
    if (guest) await guests?.end(guest);
    await client.end().catch(() => {});
  };
  const open = () => connect(url, { variables, applicationName: `${APPLICATION} ${run}` });
  const connected = async (): Promise<Session> => {
    const client = await open();
    const [, asked] = await batch(client, [
      // A build's commits need not reach the disk by themselves: the publish that follows does, and the log is one.
      { text: "SET synchronous_commit = off" },
      { text: "SELECT pg_catalog.pg_backend_pid() AS pid" },
    ]);
    return { client, pid: asked?.rows[0]?.["pid"] as number, closed: {} };
  };
  const begin = async (): Promise<Session> => {
    begun += 1;
    try {
      return await connected();
    } catch (error) {
      begun -= 1;
      throw error;
    }
  };
  const freeWithinAMoment = () =>
    new Promise<Session | undefined>((resolve) => {
      const settle = (session: Session | undefined) => {
        clearTimeout(timer);
        waiting.delete(settle);
        resolve(session);
      };
      const timer = setTimeout(settle, MOMENT_MS, undefined);
      waiting.add(settle);
    });
  return {
    open,
    async take(withGuest) {
      const free = idle.pop() ?? (begun < AT_ONCE ? undefined : await freeWithinAMoment());
      const session = free ?? (await begin());
      if (!withGuest || !guests) return session;
      try {
        session.guest ??= await guests.open();
        return session;
      } catch (error) {
        await end(session);
        throw error;
      }
    },
    async give(session, sound, cancelled) {
      if (sound) {
        const [next] = waiting;
        if (next) next(session);
        else idle.push(session);
        return;
      }
      const { guest } = session;
      if (!guest || !guests || cancelled) return end(session);
      // To log in again takes longer than to clear up.
      delete session.guest;
      await end(session);
      await guests.give(guest);
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

/** The server processes that work for it. */
export const pidsOf = ({ pid, guest }: Session): readonly number[] => (guest ? [pid, guest.pid] : [pid]);
