/** A guest outside of a run: it comes to look at some tables, by people's SQL, and leaves. */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { batch } from "../session/batch.ts";
import { APPLICATION, connect } from "../session/connect.ts";
import { allow } from "./grants.ts";
import { claimRole, enter, strip, whoAmI, type Guest, type Send } from "./guest.ts";

export interface Visit {
  readonly guest: Guest;
  /** CTF's own session beside it. */
  readonly host: pg.Client;
}

/**
 * `reads`: all that it may read. A visit that is killed leaves its role to the next run, which takes everything from it.
 * @throws DiagnosticError where CTF's role can't make roles, or the server does not let them log in
 */
export async function withVisit<T>(
  url: string,
  { variables, reads }: { readonly variables: Readonly<Record<string, string>>; readonly reads: readonly TableName[] },
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const host = await connect(url);
  try {
    const send: Send = (statements) => batch(host, statements);
    const me = await whoAmI(send);
    const role = await claimRole(send, me, []);
    try {
      const guest = await enter(send, me, role, { url, run: APPLICATION, variables });
      try {
        await allow({ client: host }, role, { reads, writes: [], refers: false }, { first: [], also: [] });
        return await work({ guest, host });
      } finally {
        await guest.client.end();
      }
    } finally {
      await strip(send, [role]);
    }
  } finally {
    await host.end();
  }
}
