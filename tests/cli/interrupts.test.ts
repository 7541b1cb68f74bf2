import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { withInterrupts } from "../../src/cli/terminal/interrupts.ts";

const stderr = new PassThrough();

test("the first Ctrl-C interrupts, the second kills, the third is left to the system", async () => {
  const signals = new EventEmitter();
  await withInterrupts({ signals, stderr }, async ({ interrupt, kill }) => {
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
  expect(await withInterrupts({ signals, stderr }, async () => "done")).toBe("done");
  await expect(withInterrupts({ signals, stderr }, () => Promise.reject(new Error("broken")))).rejects.toThrow(
    "broken",
  );
  expect(signals.eventNames()).toEqual([]);
});

test("a terminal that is closed interrupts; what was started by nohup goes on", async () => {
  const signals = new EventEmitter();
  await withInterrupts(
    { signals, stderr: Object.assign(new PassThrough(), { isTTY: true }) },
    async ({ interrupt }) => {
      signals.emit("SIGHUP");
      expect(interrupt.aborted).toBe(true);
    },
  );
  await withInterrupts({ signals, stderr }, async () => expect(signals.emit("SIGHUP")).toBe(false));
});
