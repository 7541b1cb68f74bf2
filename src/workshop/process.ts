/**
 * Runs one processor on a scenario's database, and tells what it took:
 *
 *     processDatabase(url: string, processor: Processor, watch?: { log? }): Promise<Processed>
 *
 * `url` leads to a database with app.submissions, app.forms and an empty dwh.response_events (scenarios/fill.ts makes
 * one); `shippedConf()` of config/read.ts knows the processors by name, `naive` and `chunks` among them.
 */
import { flattenEvents, type Engine } from "./processors/flatten.ts";
import { insertEvents } from "./processors/set_based.ts";
import { runSteps, type Steps } from "./processors/steps.ts";
import { type Meter, newMeter } from "./session/meter.ts";
import { openSession, type Session, type Watch } from "./session/session.ts";
import { sql } from "./session/sql.ts";

export type Processor = Steps | { readonly statement: "paths" } | { readonly flatten: Engine };

export interface Processed {
  readonly events: number;
  readonly seconds: number;
  /** Part of `seconds`: the program had nothing to do but wait for the server. Not known of `flatten`. */
  readonly waitedSeconds?: number;
  /** Not known of `flatten`. */
  readonly statements?: number;
  /** As PostgreSQL writes it, in UTC: one for the whole run. Of `flatten`, its transaction's own. */
  readonly processedOn?: string;
}

/** @throws DiagnosticError for what the database has to say; no value of a row is in it */
export async function processDatabase(
  url: string,
  processor: Processor,
  { log }: Pick<Watch, "log"> = {},
): Promise<Processed> {
  const meter = newMeter();
  const reader = await openSession(url, { name: "reader", meter, log });
  const writer = await openSession(url, { name: "writer", meter, log }).catch(async (error: unknown) => {
    await reader.end();
    throw error;
  });
  try {
    return await timed(meter, reader, writer, url, processor);
  } finally {
    await Promise.all([reader.end(), writer.end()]);
  }
}

async function timed(
  meter: Meter,
  reader: Session,
  writer: Session,
  url: string,
  processor: Processor,
): Promise<Processed> {
  const [server] = await writer.query<{ now: string; major: 15 | 16 | 17 | 18 }>(
    sql`SELECT now(), current_setting('server_version_num')::int / 10000 AS major`,
  );
  const { now: processedOn, major } = server!;
  Object.assign(meter, newMeter()); // what came before is not the processor's
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  if ("flatten" in processor) {
    const events = await flattenEvents(writer, url, major, processor.flatten);
    return { events, seconds: seconds() };
  }
  const events =
    "statement" in processor
      ? await insertEvents(writer, processedOn)
      : await runSteps(reader, writer, processor, processedOn);
  return {
    events,
    seconds: seconds(),
    waitedSeconds: meter.waitedMs / 1000,
    statements: meter.statements,
    processedOn,
  };
}
