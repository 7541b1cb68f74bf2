import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { withLock } from "../../src/warehouse/embedded/lock.ts";

const folder = (): string => mkdtempSync(join(inject("testFolder"), "lock-"));

test("one at a time, and given back when the work fails", async () => {
  const place = folder();
  let inside = 0;
  const work = async (i: number): Promise<number> => {
    expect(++inside).toBe(1);
    await turn();
    inside--;
    if (i === 3) throw new Error("three");
    return i;
  };
  const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => withLock(place, () => work(i))));
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect(readdirSync(place)).toHaveLength(1);
});

test("a holder that was killed, or whose number now names another process, holds nothing", async () => {
  const place = folder();
  for (const holder of ["999999999@1", `${process.pid}@1`]) {
    const [file] = readdirSync(place);
    writeFileSync(join(place, file ?? "lock.1"), holder);
    expect(await withLock(place, async () => "mine")).toBe("mine");
  }
});
