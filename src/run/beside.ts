/** Sessions that a transform's work opens beside its own. */
import type pg from "pg";
import type { Sessions } from "./sessions.ts";

export interface Beside {
  open(): Promise<pg.Client>;
  close(): void;
}

/** They end with the work, and at once when it is to stop: whoever uses one then hears that it is lost. */
export function sessionsBeside(sessions: Sessions, signal: AbortSignal): Beside {
  const clients = new Set<pg.Client>();
  let closed = false;
  const end = (client: pg.Client) => void client.end().catch(() => {});
  const close = () => {
    closed = true;
    signal.removeEventListener("abort", close);
    clients.forEach(end);
    clients.clear();
  };
  signal.addEventListener("abort", close);
  return {
    async open() {
      signal.throwIfAborted();
      const client = await sessions.open();
      if (closed) end(client);
      else clients.add(client);
      return client;
    },
    close,
  };
}
