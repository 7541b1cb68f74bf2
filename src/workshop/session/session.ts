/** A connection that counts, times and, when asked to, logs each statement; and that lets no value out of the database. */
import { once } from "node:events";
import { finished } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { connect } from "../../warehouse/session/connect.ts";
import { speaking } from "../../warehouse/errors.ts";
import { type Meter, waiting } from "./meter.ts";
import type { Sql } from "./sql.ts";

type Value = string | number | boolean | null | readonly string[];

/** All that a log may say of a statement: no parameter, nothing of a result, no word of the server. */
export interface Logged {
  /** Which of a run's sessions: what reads does not write. */
  readonly session: string;
  readonly statement: string;
  readonly parameters: number;
  readonly milliseconds: number;
  /** Given or written. */
  readonly rows: number;
  readonly failed: boolean;
}

export interface Session {
  query<R>(statement: Sql, values?: readonly Value[]): Promise<readonly R[]>;
  /** Gives how many rows it wrote. */
  execute(statement: Sql, values?: readonly Value[]): Promise<number>;
  /** `COPY … FROM STDIN`, and its text piece by piece. */
  copyIn(statement: Sql, pieces: AsyncIterable<string> | Iterable<string>): Promise<number>;
  end(): Promise<void>;
}

export interface Watch {
  /** For the log. */
  readonly name?: string;
  readonly meter: Meter;
  readonly log?: ((entry: Logged) => void) | undefined;
}

/** Times and keys stay texts: a JavaScript Date would cut microseconds off, a number the digits of a long key. */
const { TIMESTAMPTZ, DATE, INT8, JSON: JSON_TYPE, JSONB } = pg.types.builtins;
const asText = (text: string): unknown => text;
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map([
  [TIMESTAMPTZ, asText],
  [DATE, asText],
  [INT8, asText],
  [JSON_TYPE, parseJson],
  [JSONB, parseJson],
]);
const types = {
  getTypeParser: ((oid: number, format?: "text") =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** JavaScript's own complaint would quote the document. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("a document is not JSON that JavaScript can read");
  }
}

/** @throws DiagnosticError for everything that the database has to say */
export async function openSession(url: string, { name = "session", meter, log }: Watch): Promise<Session> {
  const client = await connect(url, { applicationName: "ctf etl" });
  await client.query("SET timezone TO 'UTC'; SET datestyle TO 'ISO'");

  /** `parameters` are only counted. */
  async function watched(statement: Sql, parameters: number, work: () => Promise<number>): Promise<number> {
    const begun = performance.now();
    const entry = (rows: number, failed: boolean): Logged => ({
      session: name,
      statement: statement.text,
      parameters,
      milliseconds: Math.round((performance.now() - begun) * 1000) / 1000,
      rows,
      failed,
    });
    meter.statements++;
    try {
      const rows = await speaking(work(), "the workshop's database");
      log?.(entry(rows, false));
      return rows;
    } catch (error) {
      log?.(entry(0, true));
      throw error;
    }
  }

  const run = async <R>(statement: Sql, values: readonly Value[]): Promise<{ rows: readonly R[]; count: number }> => {
    let rows: readonly R[] = [];
    const count = await watched(statement, values.length, async () => {
      const result = await waiting(meter, client.query({ text: statement.text, values: [...values], types }));
      rows = result.rows as readonly R[];
      return result.rowCount ?? 0;
    });
    return { rows, count };
  };

  return {
    query: async <R>(statement: Sql, values: readonly Value[] = []) => (await run<R>(statement, values)).rows,
    execute: async (statement, values = []) => (await run(statement, values)).count,
    copyIn: (statement, pieces) => watched(statement, 0, () => copy(client, statement, pieces, meter)),
    end: () => client.end(),
  };
}

/** The server works while the next piece is made; waiting is only where it does not keep up. */
async function copy(
  client: pg.Client,
  { text }: Sql,
  pieces: AsyncIterable<string> | Iterable<string>,
  meter: Meter,
): Promise<number> {
  const stream = client.query(copyFrom(text));
  const done = finished(stream);
  let failed = false;
  done.catch(() => (failed = true)); // whoever waits below hears of it
  try {
    for await (const piece of pieces) {
      if (failed) break; // it takes no more, not even an end
      if (!stream.write(piece)) await waiting(meter, Promise.race([once(stream, "drain"), done]));
    }
  } catch (error) {
    if (!failed) stream.destroy();
    await done.catch(() => {});
    throw error;
  }
  if (!failed) stream.end();
  await waiting(meter, done);
  return stream.rowCount;
}
