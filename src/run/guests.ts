/** The run's guests: sessions in which what people wrote runs, one beside each of the run's own. */
import { APPLICATION } from "../warehouse/session/connect.ts";
import { claimRole, clean, enter, strip, tidyUp, whoAmI, type Guest, type Send } from "../warehouse/isolation/guest.ts";

export interface Guests {
  /** One that just logged in, for a session to keep. @throws DiagnosticError */
  open(): Promise<Guest>;
  /** Back for another session, after a transform that failed. */
  give(guest: Guest): Promise<void>;
  /** Ends it; the role is for the next. */
  end(guest: Guest): Promise<void>;
  /** Takes all rights back. */
  close(): Promise<void>;
}

/**
 * Lets the first one in, so that what keeps guests out is said before anything runs.
 * @throws DiagnosticError where CTF's role can't make roles, or the server does not let them log in
 */
export async function openGuests(
  send: Send,
  at: { readonly url: string; readonly run: string; readonly variables: Readonly<Record<string, string>> },
): Promise<Guests> {
  const me = await whoAmI(send);
  const where = { ...at, run: `${APPLICATION} ${at.run}` };
  const claimed: string[] = [];
  /** One after the other: the next is to see what the one before has claimed. */
  let before: Promise<unknown> = Promise.resolve();
  const claim = () => {
    const role = before.then(() => claimRole(send, me, claimed)).then((name) => (claimed.push(name), name));
    before = role.catch(() => {});
    return role;
  };
  /** Roles that nobody is logged in as. */
  const free: string[] = [];
  const idle: Guest[] = [];
  const end = async ({ client, role }: Guest) => {
    await client.end().catch(() => {});
    free.push(role);
  };
  const letIn = async () => {
    const role = free.shift();
    if (role !== undefined) await clean(send, role);
    return enter(send, me, role ?? (await claim()), where);
  };
  idle.push(await letIn());
  return {
    open: async () => idle.pop() ?? letIn(),
    async give(guest) {
      try {
        await tidyUp(send, guest);
        idle.push(guest);
      } catch {
        await end(guest);
      }
    },
    end,
    async close() {
      await Promise.all(idle.splice(0).map(end));
      await strip(send, claimed.splice(0));
    },
  };
}
