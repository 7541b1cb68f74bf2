/** Scenarios: how many events, and that the same seed makes the same data. */
import { expect, test } from "vitest";
import { eventsOf } from "../../src/workshop/scenarios/events.ts";
import { digestOf, filled, processed, shipped } from "./support.ts";

test.each([
  ["empty", 0],
  ["basic", 13],
  ["small", 810],
  ["demo", 2025],
  ["medium", 14_300],
  ["large-few-users", 114_400],
  ["large-many-users", 114_400],
  ["xl", 3_003_000],
])("%s has %i events", (name, events) => {
  expect(eventsOf(shipped.scenarios.get(name)!)).toBe(events);
});

test.each(["basic", "small", "demo", "medium"])("%s makes them", async (name) => {
  const { events } = await processed(await filled(name), { statement: "paths" });
  expect(events).toBe(eventsOf(shipped.scenarios.get(name)!));
});

test("the same seed makes the same data, another seed others", async () => {
  const made = async (seed: number) => {
    const database = await filled("small", { seed });
    await processed(database, { statement: "paths" });
    const { rows } = await database.client.query(
      "SELECT md5(string_agg(u::text, ' ' ORDER BY id)) AS users FROM app.users u",
    );
    return [await digestOf(database), rows[0].users];
  };
  const [one, again, other] = [await made(1), await made(1), await made(2)];
  expect(again).toEqual(one);
  expect(other[0]).not.toBe(one[0]);
  expect(other[1]).not.toBe(one[1]);
});

test("users and forms come in turn", async () => {
  const { client } = await filled({ users: 4, forms: 3, submissions: 24 });
  const { rows } = await client.query(
    "SELECT count(DISTINCT (user_id, form_id)) AS pairs, min(n) AS least, max(n) AS most FROM (SELECT user_id, form_id, count(*) AS n FROM app.submissions GROUP BY 1, 2) s",
  );
  expect(rows).toEqual([{ pairs: 12, least: 2, most: 2 }]);
});

test("a scenario with more submissions than different documents has as many events as counted", async () => {
  const scenario = { users: 5, forms: 1, submissions: 3007 };
  const { events } = await processed(await filled(scenario), { statement: "paths" });
  expect(events).toBe(eventsOf(scenario));
});
