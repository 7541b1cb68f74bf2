/** Tells of tests as they end, in the order of the files whoever ends first. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Verdict } from "../../testing/verdict.ts";
import type { TestCase } from "../../testing/types.ts";
import type { CliContext } from "../context.ts";
import { counted, duration } from "../terminal/numbers.ts";
import { problemsText } from "../terminal/output.ts";
import { liveArea } from "../reporters/live_area.ts";
import { styleFor } from "../terminal/style.ts";
import { type Drawing, failedLines, passedLines } from "./draw_verdict.ts";

/** Of more tests than these only those are named that failed or have something to say. */
const FEW = 40;

export interface TestReport {
  ended(verdict: Verdict): void;
  finish(verdicts: readonly Verdict[], seconds: number): void;
}

export function textReport(context: CliContext, root: string, tests: readonly TestCase[]): TestReport {
  const drawing: Drawing = {
    style: styleFor(context.color),
    width: context.isTTY.stdout ? context.stdout.columns : undefined,
    problems: (diagnostics) => problemsText(diagnostics, context.color, root),
  };
  const live = context.isTTY.stdout ? liveArea(context.stdout) : undefined;
  const waiting = new Map<TestCase, Verdict>();
  const problems = new Set<Diagnostic>();
  let next = 0;
  let failed = 0;
  const write = (lines: readonly string[]) => {
    if (live) live.above(lines);
    else for (const line of lines) context.stdout.write(`${line}\n`);
  };
  return {
    ended(verdict) {
      waiting.set(verdict.test, verdict);
      for (let test = tests[next]; test && waiting.has(test); test = tests[next]) {
        const told = waiting.get(test)!;
        if (told.failures.length > 0) write(failedLines(told, drawing, problems));
        else write(passedLines(told, drawing, tests.length <= FEW));
        if (told.failures.length > 0) failed++;
        next++;
      }
      const fails = failed > 0 ? `, ${drawing.style.red(`${failed} failed`)}` : "";
      live?.draw([`${next} of ${tests.length}${fails} …`]);
    },
    finish(verdicts, seconds) {
      live?.draw([]);
      if (tests.length > 0) context.stdout.write(`${summary(verdicts, tests.length, seconds)}\n`);
    },
  };
}

function summary(verdicts: readonly Verdict[], all: number, seconds: number): string {
  const failed = verdicts.filter(({ failures }) => failures.length > 0).length;
  const notRun = all - verdicts.length;
  const parts = [
    failed > 0 && `${failed} failed`,
    `${verdicts.length - failed} passed`,
    notRun > 0 && `${notRun} not run`,
  ].filter(Boolean);
  return `${counted(all, "test")}: ${parts.join(", ")}, in ${duration(seconds)}.`;
}
