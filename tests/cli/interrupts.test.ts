import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { withInterrupts } from "../../src/cli/terminal/interrupts.ts";

test("the first Ctrl-C interrupts, the second kills, the third is left to the system", async () => {
  const signals = new EventEmitter();
  await withInterrupts(signals, async ({ interrupt, kill }) => {
    expect([interrupt.aborted, kill.aborted]).toEqual([false, false]);
    signals.emit("SIGINT");
    expect([interrupt.aborted, kill.aborted]).toEqual([true, false]);
    signals.emit("SIGTERM");
    expect([interrupt.aborted, kill.aborted]).toEqual([true, true]);
    expect(signals.emit("SIGINT")).toBe(false);
  });
});

test("nothing listens once the work is done, or failed", async () => {
  const signals = new EventEmitter();
  expect(await withInterrupts(signals, async () => "done")).toBe("done");
  await expect(withInterrupts(signals, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(signals.eventNames()).toEqual([]);
});
