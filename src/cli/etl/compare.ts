import { resolve } from "node:path";
import { compare as compareAll } from "../../workshop/compare/compare.ts";
import type { Compared } from "../../workshop/compare/types.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { unknown } from "../../workshop/workshop.ts";
import { drawBars } from "../../workshop/draw/bars.ts";
import { toMicroseconds } from "../../workshop/draw/numbers.ts";
import { eventsOf } from "../../workshop/scenarios/events.ts";
import type { Documents } from "../../workshop/scenarios/types.ts";
import { type CliContext, EXIT } from "../context.ts";
import { count } from "../terminal/numbers.ts";
import { problemsText, writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { drawCompared } from "./draw_compared.ts";
import { writeResult } from "./files.ts";
import { atWork, type CommonFlags, open } from "./opened.ts";

export interface CompareFlags extends Omit<CommonFlags, "documents"> {
  readonly documents: Documents | "both";
  readonly repeat: number;
  readonly json?: boolean;
}

export async function compare(context: CliContext, asked: string | undefined, flags: CompareFlags): Promise<void> {
  const types: readonly Documents[] = flags.documents === "both" ? ["json", "jsonb"] : [flags.documents];
  const { dataDir, conf, which } = open(context, asked, { ...flags, documents: types[0]! });
  const scenario = which.name;
  if (conf.processors.size === 0) throw new DiagnosticError([unknown("processor", undefined, [])]);
  await atWork(context, dataDir, async (server) => {
    const { compared, problems } = await compareAll(server, {
      which: types.map((documents) => ({ ...which, documents })),
      processors: conf.processors,
      repeat: flags.repeat,
      command: [process.execPath, ...process.execArgv, process.argv[1]!],
      more: ["--data-dir", dataDir, ...(flags.conf === undefined ? [] : ["--conf", resolve(context.cwd, flags.conf)])],
      tell: (text) => void context.stderr.write(text),
    });
    if (flags.json) writeJson(context, { scenario, compared: compared.map(asJson) });
    else if (compared.length > 0) {
      const width = context.isTTY.stdout ? context.stdout.columns : undefined;
      context.stdout.write(`${drawCompared(compared, styleFor(context.color), width).join("\n")}\n`);
    }
    for (const documents of types) {
      const its = compared.filter((one) => one.documents === documents);
      if (its.length === 0) continue;
      const heading = `${scenario}: ${count(which.scenario.submissions)} submissions as ${documents} → ${count(eventsOf(which.scenario))} events`;
      writeResult(context, dataDir, `compare-${scenario}-${documents}.svg`, drawBars(its, heading));
    }
    if (problems.length === 0) return;
    context.stderr.write(problemsText(problems, context.colorOnStderr));
    context.setExitCode(EXIT.problems);
  });
}

const asJson = ({ known: _, name, seconds, fastest, slowest, ...rest }: Compared) => ({
  processor: name,
  documents: rest.documents,
  events: rest.events,
  submissions: rest.submissions,
  seconds: toMicroseconds(seconds),
  fastest: toMicroseconds(fastest),
  slowest: toMicroseconds(slowest),
  waitedSeconds: rest.waitedSeconds === undefined ? null : toMicroseconds(rest.waitedSeconds),
  statements: rest.statements ?? null,
  peakBytes: rest.peakBytes,
  runs: rest.runs,
  reckonedFrom: rest.reckonedFrom ?? null,
});
