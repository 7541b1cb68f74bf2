import type pg from "pg";

/** Drops the connection without a word; the server notices by itself. */
export const hangUp = (client: pg.Client): void => {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
};
