/** Every kind through its whole life; the database is asked after each step. */
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import { lines } from "../support/files.ts";
import { warehouse, type Warehouse } from "../support/warehouse.ts";
import { AFTER, BEFORE, CHANGE, changedFiles, files, lives, SETUP, type Life } from "./kinds.ts";
import { allGone, block, closedSchemas, closeGate, recorded, stateOf } from "./world.ts";

/** The project of all kinds, with one of them built. */
async function built({ name }: Life): Promise<Warehouse> {
  const w = await warehouse(18, files, SETUP);
  await w.publish({ only: [name] });
  return w;
}

const only = ({ transforms }: RunResult) => transforms[0]!;
const told = (result: RunResult) => lines(only(result).diagnostics).map((line) => line.split(" ", 2).join(" "));

async function nothingLeft(w: Warehouse): Promise<void> {
  expect(await closedSchemas(w)).toEqual([]);
  await allGone(w);
}

async function changeSource(w: Warehouse): Promise<void> {
  await w.client.query(CHANGE);
  w.write(changedFiles);
}

describe.each(lives)("$name", (life) => {
  const { name } = life;
  const which = { only: [name] };

  test("is built, and built again from what the source says then", async () => {
    const w = await built(life);
    expect((await stateOf(w, name)).rows).toEqual(BEFORE);
    await changeSource(w);
    await w.publish(which);
    const kept = name === "by_upsert" ? [BEFORE[0], ...AFTER] : life.makes ? AFTER : BEFORE;
    expect((await stateOf(w, name)).rows).toEqual(kept);
    expect(await recorded(w)).toEqual({ [name]: "succeeded" });
    await nothingLeft(w);
  });

  test("a mistake, a monitor that fails, a timeout: each is told with its place, and leaves all as it was", async () => {
    const w = await built(life);
    const before = await stateOf(w, name);
    const yaml = files[`${name}.yaml`] as string;
    const unchanged = async (result: RunResult, problem: string): Promise<void> => {
      expect(told(result)).toEqual([problem]);
      expect(only(result).diagnostics[0]?.transform).toBe(`p.${name}`);
      expect(await stateOf(w, name)).toEqual(before);
      expect(await recorded(w)).toEqual({ [name]: "failed" });
      await nothingLeft(w);
    };
    w.write(life.broken);
    await unchanged(await w.run(which), life.brokenAt);

    await changeSource(w);
    w.write({ ...life.files, ...changedFiles, [`${name}.yaml`]: `${yaml}monitors:\n  - {row_count: {min: 100}}\n` });
    await unchanged(await w.run(which), `pipelines/p/${name}.yaml:${yaml.split("\n").length + 1}:23 CTF524`);

    w.write({ [`${name}.yaml`]: `${yaml}timeout: 200ms\n` });
    const gate = await closeGate(w);
    const result = await w.run(which);
    await gate.open();
    await unchanged(result, `pipelines/p/${name}.yaml:1:1 CTF516`);
  });

  test("cancelled in the build: interrupted, not failed", async () => {
    const w = await built(life);
    const before = await stateOf(w, name);
    const gate = await closeGate(w);
    const ctrlC = new AbortController();
    const going = await w.start({ ...which, interrupt: ctrlC.signal });
    await gate.arrived(1);
    ctrlC.abort();
    const result = await going.result;
    expect([result.status, only(result).status, only(result).diagnostics]).toEqual(["interrupted", "interrupted", []]);
    expect(going.events).toContainEqual({ type: "interrupting", hard: false });
    await gate.open();
    expect(await stateOf(w, name)).toEqual(before);
    expect(await recorded(w)).toEqual({ [name]: "interrupted" });
    await nothingLeft(w);
    await w.publish({ ...which, resume: true });
    await nothingLeft(w);
  });

  test("cancelled a second time, it leaves at once; the server clears up by itself", async () => {
    const w = await built(life);
    const before = await stateOf(w, name);
    const gate = await closeGate(w);
    const ctrlC = new AbortController();
    const again = new AbortController();
    const going = await w.start({ ...which, interrupt: ctrlC.signal, kill: again.signal });
    await gate.arrived(1);
    ctrlC.abort();
    again.abort();
    expect((await going.result).status).toBe("interrupted");
    await gate.open();
    await allGone(w);
    expect(await stateOf(w, name)).toEqual(before);
    await w.publish(which);
    await nothingLeft(w);
  });

  test.runIf(life.blockedBy)(
    "cancelled in the publish: what is built waits, and is published without being built again",
    async () => {
      const w = await built(life);
      const before = await stateOf(w, name);
      await changeSource(w);
      const release = await block(w, { [name]: life.blockedBy! });
      const ctrlC = new AbortController();
      const going = await w.start({ ...which, interrupt: ctrlC.signal });
      await going.saw(({ type }) => type === "waiting");
      ctrlC.abort();
      expect((await going.result).status).toBe("interrupted");
      await release();
      expect(await stateOf(w, name)).toEqual(before);
      expect(await recorded(w)).toEqual({ [name]: "built" });
      expect(await closedSchemas(w)).toHaveLength(1);
      const resumed = await w.publish({ ...which, resume: true });
      expect(only(resumed).phases).not.toHaveProperty("build");
      expect((await stateOf(w, name)).rows).toEqual(name === "by_upsert" ? [BEFORE[0], ...AFTER] : AFTER);
      await nothingLeft(w);
    },
  );
});
