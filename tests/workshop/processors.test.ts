/** However it is put together, a processor makes the same table. */
import { describe, expect, test } from "vitest";
import type { Processor } from "../../src/workshop/process.ts";
import { extractors, loaders, runSteps, type Steps, transformers } from "../../src/workshop/processors/steps.ts";
import { newMeter } from "../../src/workshop/session/meter.ts";
import { openSession } from "../../src/workshop/session/session.ts";
import { digestOf, filled, processed, shipped } from "./support.ts";

const keysOf = <T extends object>(of: T) => Object.keys(of) as (keyof T)[];
const combinations = keysOf(extractors).flatMap((extract) =>
  keysOf(transformers).flatMap((transform) =>
    keysOf(loaders).map((load): Steps => ({ extract, transform, load, chunk: 3 })),
  ),
);

describe.each(["json", "jsonb"] as const)("documents as %s", (documents) => {
  test("every extractor with every transformer and every loader", async () => {
    const database = await filled({ users: 2, forms: 3, submissions: 4 }, { documents });
    await processed(database, { statement: "paths" });
    const expected = await digestOf(database);
    expect(expected).toMatch(/^156 /);
    const reader = await openSession(database.url, { meter: newMeter() });
    const writer = await openSession(database.url, { meter: newMeter() });
    for (const steps of combinations) {
      await database.client.query("DELETE FROM dwh.response_events");
      await runSteps(reader, writer, steps, "2018-04-17 06:00:00+00");
      expect(await digestOf(database), JSON.stringify(steps)).toBe(expected);
    }
    await Promise.all([reader.end(), writer.end()]);
  });

  test("every processor of the conf file", async () => {
    const database = await filled("small", { documents });
    const digests: string[] = [];
    for (const [name, { processor }] of shipped.processors) {
      const { events } = await processed(database, processor);
      expect(events, name).toBe(810);
      digests.push(await digestOf(database));
    }
    expect(new Set(digests).size).toBe(1);
  });
});

test.each(["json", "jsonb"] as const)("answers of all sorts come through alike, as %s", async (documents) => {
  const database = await filled({ users: 1, forms: 1, submissions: 4 }, { documents });
  const answers = {
    // NULL and not 'null'; nothing where there is no answer; what the form does not ask is left out.
    1: { visit: { visit_date: "2018-02-28", present: null, minutes: 0.5, gone: "x" }, home: {} },
    2: { home: { notes: 'tab\t, line\n, back\\slash, "quotes", \\N, é, 😀, {"a": [1]}', stairs: false, kind: "" } },
    3: {},
    4: { visit: { language: "NULL", consent: true, minutes: 120 }, home: { people: 3 } },
  };
  for (const [id, answer] of Object.entries(answers)) {
    await database.client.query("UPDATE app.submissions SET responses = $2 WHERE id = $1", [
      id,
      JSON.stringify(answer),
    ]);
  }
  for (const [name, { processor }] of shipped.processors) {
    await processed(database, processor);
    const { rows } = await database.client.query(
      "SELECT submission_id || ' ' || schema_path AS path, value FROM dwh.response_events ORDER BY submission_id, schema_path",
    );
    expect(Object.fromEntries(rows.map(({ path, value }) => [path, value])), name).toEqual({
      "1 visit.minutes": "0.5",
      "1 visit.present": null,
      "1 visit.visit_date": "2018-02-28",
      "2 home.kind": "",
      "2 home.notes": answers[2].home.notes,
      "2 home.stairs": "false",
      "4 home.people": "3",
      "4 visit.consent": "true",
      "4 visit.language": "NULL",
      "4 visit.minutes": "120",
    });
  }
});

test("a scenario without a submission gives no event", async () => {
  const database = await filled("empty");
  for (const [name, { processor }] of shipped.processors) {
    expect((await processed(database, processor)).events, name).toBe(0);
  }
});

describe("times", () => {
  const each: readonly Processor[] = [...shipped.processors.values()].map(({ processor }) => processor);

  test.each(each)("a run has one processed_on, to the microsecond: %j", async (processor) => {
    const database = await filled({ users: 1, forms: 1, submissions: 3 });
    const { processedOn } = await processed(database, processor);
    const { rows } = await database.client.query(
      `SELECT processed_on::text AS run, min(date_created)::text AS created, max(date_submitted)::text AS submitted
       FROM dwh.response_events, (SELECT set_config('timezone', 'UTC', false)) utc GROUP BY 1`,
    );
    expect(rows).toEqual([
      {
        run: processedOn ?? expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/),
        created: "2018-01-02 14:37:12.845679+00",
        submitted: "2018-01-02 16:05:44.537068+00",
      },
    ]);
  });
});
