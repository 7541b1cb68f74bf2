/** Databases of scenarios on the run's scratch server. */
import type pg from "pg";
import { shippedConf } from "../../src/workshop/config/read.ts";
import { processDatabase, type Processed, type Processor } from "../../src/workshop/process.ts";
import { fillScenario } from "../../src/workshop/scenarios/fill.ts";
import type { Documents, Scenario } from "../../src/workshop/scenarios/types.ts";
import { newMeter } from "../../src/workshop/session/meter.ts";
import { openSession } from "../../src/workshop/session/session.ts";
import { connect, freshDatabase } from "../support/database.ts";
import type { TestMajor } from "../support/servers.ts";

export interface Filled {
  readonly url: string;
  readonly client: pg.Client;
}

export const shipped = shippedConf();

export async function filled(
  scenario: string | Scenario,
  { documents = "jsonb", seed = 1, major = 18 }: { documents?: Documents; seed?: number; major?: TestMajor } = {},
): Promise<Filled> {
  const { url } = await freshDatabase(major);
  const session = await openSession(url, { meter: newMeter() });
  const given = typeof scenario === "string" ? shipped.scenarios.get(scenario)! : scenario;
  await fillScenario(session, given, { documents, seed });
  await session.end();
  return { url, client: await connect(url) };
}

/** Everything of the table but the time of the run, as one digest. */
export const digestOf = async ({ client }: Filled): Promise<string> => {
  const { rows } = await client.query<{ digest: string }>(
    `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5((e.submission_id, e.user_id, e.form_id, e.source, e.date_created,
       e.date_submitted, e.schema_path, e.value, e.answer_type, e.tag)::text), '' ORDER BY e.submission_id, e.schema_path)), '') AS digest
     FROM dwh.response_events e`,
  );
  return rows[0]!.digest;
};

/** Runs a processor on an empty table of events. */
export async function processed(database: Filled, processor: Processor): Promise<Processed> {
  await database.client.query("TRUNCATE dwh.response_events");
  return processDatabase(database.url, processor);
}
