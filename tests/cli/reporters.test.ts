import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { jsonReporter } from "../../src/cli/reporters/json.ts";
import { plainReporter } from "../../src/cli/reporters/plain.ts";
import { progressReporter } from "../../src/cli/reporters/progress.ts";
import type { Reporter, ReporterOptions } from "../../src/cli/reporters/reporter.ts";
import { styleFor } from "../../src/cli/terminal/style.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { RunEvent, RunResult, TransformResult } from "../../src/run/events.ts";
import { fakeTerminal } from "./terminal.ts";

const START = new Date("2026-03-01T06:00:00Z");

const problem: Diagnostic = { code: "CTF599", name: "it", severity: "error", message: "the column premium is missing" };

const result = (id: string, parts: Partial<TransformResult> = {}): TransformResult => ({
  id,
  status: "succeeded",
  counts: {},
  seconds: 0.4,
  phases: {},
  diagnostics: [],
  attempts: 1,
  ...parts,
});

const months = result("enrollment.months", { counts: { rows: 12_345 } });
const byHand = { ...problem, severity: "warning", message: "an index by hand" } as const;
const current = result("enrollment.current", {
  diagnostics: [byHand],
  counts: { rows: 1000, inserted: 12, updated: 3, unchanged: 985, deleted: 0 },
});
const costs = result("claims.costs", { status: "failed", diagnostics: [problem], attempts: 3 });
const scores = result("claims.scores", { status: "skipped", because: "claims.costs", seconds: 0 });

const ended = (transforms: readonly TransformResult[], status: RunResult["status"]): RunEvent => ({
  type: "run_finished",
  result: { run: "r1", status, seconds: 83, transforms },
});
const started = (...transforms: string[]): RunEvent => ({
  type: "run_started",
  run: "r1",
  target: "local",
  transforms,
});
const begins = (id: string): RunEvent => ({ type: "transform_started", id, attempt: 1 });
const finished = (of: TransformResult): RunEvent => ({ type: "transform_finished", result: of });

const failedRun: readonly RunEvent[] = [
  started("enrollment.months", "enrollment.current", "claims.costs", "claims.scores"),
  begins("enrollment.months"),
  { type: "phase_started", id: "enrollment.months", phase: "build" },
  { type: "progress", id: "enrollment.months", phase: "build", done: 6000, total: 12_345, unit: "rows" },
  finished(months),
  { type: "waiting", id: "enrollment.current", what: "pid 42 publishes" },
  { type: "warning", id: "enrollment.current", diagnostic: byHand },
  finished(current),
  { type: "retrying", id: "claims.costs", attempt: 2, diagnostic: { ...problem, message: "deadlock" }, seconds: 2 },
  finished(costs),
  finished(scores),
  ended([months, current, costs, scores], "failed"),
];

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

function optionsFor(stream: { write(text: string): boolean }, color = false): ReporterOptions {
  return {
    stream: stream as ReporterOptions["stream"],
    style: styleFor(color),
    render: (diagnostics) => diagnostics.map((d) => `${d.severity} ${d.code} ${d.message}\n`).join(""),
    said: () => undefined,
    resume: "ctf run enrollment --resume",
  };
}

const tell = (reporter: Reporter, ...events: readonly RunEvent[]) => {
  for (const event of events) reporter.listener(event, new Date());
};

function collector() {
  let text = "";
  return { write: (more: string) => ((text += more), true), text: () => text };
}

describe("lines", () => {
  test("tell a run from start to end", () => {
    const stream = collector();
    tell(plainReporter(optionsFor(stream)), ...failedRun);
    const time = START.toTimeString().slice(0, 8);
    expect(stream.text().replaceAll(time, "TIME")).toMatchInlineSnapshot(`
      "TIME Running 4 transforms on local.
      TIME   enrollment.months started
      TIME ✓ enrollment.months   12,345 rows  0.4 s
      TIME   enrollment.current waits: pid 42 publishes
      TIME ✓ enrollment.current  +12 ~3 =985 -0  0.4 s
          warning CTF599 an index by hand
      TIME ↻ claims.costs  attempt 2 in 2.0 s: deadlock
      TIME ✗ claims.costs        failed  0.4 s after 3 attempts
          error CTF599 the column premium is missing
      TIME – claims.scores       skipped because claims.costs failed

      ✗ 1 failed, 1 skipped, 2 succeeded in 1 min 23 s.
        ✗ claims.costs: the column premium is missing
        Once that is mended: ctf run enrollment --resume
        The whole story: .ctf/runs/r1.jsonl · ctf history claims.costs
      "
    `);
  });

  test("say every ten seconds how far a long build is", () => {
    const stream = collector();
    const reporter = plainReporter(optionsFor(stream));
    tell(reporter, started("p.a"), begins("p.a"));
    for (let second = 1; second <= 25; second++) {
      vi.advanceTimersByTime(1000);
      tell(reporter, { type: "progress", id: "p.a", phase: "build", done: second * 1e6, total: 1e8, unit: "bytes" });
    }
    const lines = stream
      .text()
      .split("\n")
      .filter((line) => line.includes("build"));
    expect(lines.map((line) => line.slice(9))).toEqual(["  p.a build 10.0 MB · 10%", "  p.a build 20.0 MB · 20%"]);
  });

  test("a success says where to look", () => {
    const stream = collector();
    tell(
      plainReporter(optionsFor(stream)),
      started("enrollment.months"),
      finished(months),
      ended([months], "succeeded"),
    );
    expect(stream.text()).toMatch(/✓ 1 transform succeeded in 1 min 23 s, 12,345 rows\.\n  Look around: ctf ls/);
  });

  test("an interruption counts what was not started", () => {
    const stream = collector();
    const half = result("claims.costs", { status: "interrupted" });
    const never = result("claims.scores", { status: "interrupted", attempts: 0 });
    tell(
      plainReporter(optionsFor(stream)),
      started("enrollment.months", "claims.costs", "claims.scores"),
      { type: "interrupting", hard: false },
      finished(months),
      finished(half),
      finished(never),
      ended([months, half, never], "interrupted"),
    );
    expect(stream.text()).toContain("Press Ctrl-C again to stop at once.");
    expect(stream.text()).toContain("■ Interrupted after 1 min 23 s: 1 interrupted, 1 succeeded, 1 not started.");
    expect(stream.text()).toContain("  To go on: ctf run enrollment --resume");
    expect(stream.text()).not.toContain("■ claims.scores");
  });
});

describe("JSON", () => {
  test("is one event a line, with its time; the last holds the result", () => {
    const stream = collector();
    tell(jsonReporter(stream), ...failedRun);
    const lines = stream
      .text()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual(failedRun.map((event) => ({ ...event, at: "2026-03-01T06:00:00.000Z" })));
    expect(lines.at(-1)).toMatchObject({ type: "run_finished", result: { status: "failed" } });
  });
});

describe("a live display", () => {
  test("shows what runs, and leaves what is finished above", () => {
    const terminal = fakeTerminal(80);
    const reporter = progressReporter(optionsFor(terminal));
    tell(reporter, ...failedRun.slice(0, 4), begins("claims.costs"));
    vi.advanceTimersByTime(1000);
    expect(terminal.screen()).toMatchInlineSnapshot(`
      "Running 4 transforms on local.
      ⠋ enrollment.months   build      1.0 s  6,000 rows · 48%
      ⠋ claims.costs                   1.0 s
        2 running · 0 of 4 done · 1.0 s"
    `);
    tell(reporter, finished(months));
    vi.advanceTimersByTime(100);
    expect(terminal.screen()).toMatchInlineSnapshot(`
      "Running 4 transforms on local.
      ✓ enrollment.months   12,345 rows  0.4 s
      ⠙ claims.costs                   1.1 s
        1 running · 1 of 4 done · 1.1 s"
    `);
    tell(reporter, ...failedRun.slice(5));
    expect(terminal.screen()).toMatchInlineSnapshot(`
      "Running 4 transforms on local.
      ✓ enrollment.months   12,345 rows  0.4 s
      ✓ enrollment.current  +12 ~3 =985 -0  0.4 s
          warning CTF599 an index by hand
      ↻ claims.costs  attempt 2 in 2.0 s: deadlock
      ✗ claims.costs        failed  0.4 s after 3 attempts
          error CTF599 the column premium is missing
      – claims.scores       skipped because claims.costs failed

      ✗ 1 failed, 1 skipped, 2 succeeded in 1 min 23 s.
        ✗ claims.costs: the column premium is missing
        Once that is mended: ctf run enrollment --resume
        The whole story: .ctf/runs/r1.jsonl · ctf history claims.costs
      "
    `);
  });

  test("says that the warehouse is being opened, if that takes long", () => {
    const terminal = fakeTerminal();
    const reporter = progressReporter(optionsFor(terminal));
    vi.advanceTimersByTime(900);
    expect(terminal.screen()).toBe("");
    vi.advanceTimersByTime(1600);
    expect(terminal.screen()).toMatch(/^. Opening the warehouse {2}2\.5 s$/);
    tell(reporter, started("p.a"));
    vi.advanceTimersByTime(100);
    expect(terminal.screen()).toMatch(/^Running 1 transform on local\.\n {2}0 running/);
    reporter.close();

    const stream = collector();
    const plain = plainReporter(optionsFor(stream));
    vi.advanceTimersByTime(1000);
    expect(stream.text()).toBe("Opening the warehouse.\n");
    plain.close();
  });

  test("draws at most ten times a second, however many events come", () => {
    const terminal = fakeTerminal();
    const write = vi.spyOn(terminal, "write");
    const reporter = progressReporter(optionsFor(terminal));
    tell(reporter, started("p.a"), begins("p.a"));
    for (let i = 0; i < 1000; i++) {
      tell(reporter, { type: "progress", id: "p.a", phase: "build", done: i, unit: "rows" });
      vi.advanceTimersByTime(1);
    }
    expect(write.mock.calls.length).toBeLessThanOrEqual(10);
    reporter.close();
  });

  test("keeps to a small terminal", () => {
    const terminal = fakeTerminal(40, 6);
    const reporter = progressReporter(optionsFor(terminal));
    const ids = Array.from({ length: 9 }, (_, i) => `a_pipeline_with_a_long_name.transform_${i}`);
    tell(reporter, started(...ids), ...ids.map(begins));
    tell(reporter, ...ids.map((id): RunEvent => ({ type: "waiting", id, what: "something with a long explanation" })));
    vi.advanceTimersByTime(500);
    const lines = terminal.screen().split("\n");
    expect(lines.slice(1)).toHaveLength(5);
    expect(lines.every((line) => line.length < 40)).toBe(true);
    expect(lines.at(-2)).toBe("  and 6 more");
    reporter.close();
  });

  test("erases its lines after the terminal became narrower and wrapped them", () => {
    const terminal = fakeTerminal(80);
    const reporter = progressReporter(optionsFor(terminal));
    tell(reporter, started("p.a"), begins("p.a"), { type: "waiting", id: "p.a", what: "x".repeat(200) });
    vi.advanceTimersByTime(100);
    terminal.columns = 40;
    const write = vi.spyOn(terminal, "write");
    vi.advanceTimersByTime(100);
    // 79 cells take two rows now, and the counting line below one more: the cursor goes up by two.
    expect(write.mock.calls[0]![0].startsWith("\r\x1b[2A\x1b[J")).toBe(true);
    reporter.close();
  });

  test("leaves neither lines, nor a hidden cursor, nor a timer when it is closed in the middle", () => {
    const terminal = fakeTerminal();
    const write = vi.spyOn(terminal, "write");
    const reporter = progressReporter(optionsFor(terminal, true));
    tell(reporter, started("p.a"), begins("p.a"));
    vi.advanceTimersByTime(500);
    reporter.close();
    expect(terminal.screen()).toBe("Running 1 transform on local.\n");
    expect(write.mock.calls.join("")).not.toContain("\x1b[?25l");
    expect(vi.getTimerCount()).toBe(0);
  });
});
