import { resolve } from "node:path";
import { compare as compareAll } from "../../workshop/compare/compare.ts";
import type { Compared } from "../../workshop/compare/types.ts";
import { drawBars } from "../../workshop/draw/bars.ts";
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

export async function compare(context: CliContext, scenario: string, flags: CompareFlags): Promise<void> {
  const types: readonly Documents[] = flags.documents === "both" ? ["json", "jsonb"] : [flags.documents];
  const { dataDir, conf, which } = open(context, scenario, { ...flags, documents: types[0]! });
  await atWork(context, dataDir, async (server) => {
    const { compared, problems } = await compareAll(server, {
      which: types.map((documents) => ({ ...which, documents })),
      processors: conf.processors,
      repeat: flags.repeat,
      command: [process.execPath, ...process.execArgv, process.argv[1]!],
      more: ["--data-dir", dataDir, ...(flags.conf === undefined ? [] : ["--conf", resolve(context.cwd, flags.conf)])],
      tell: (text) => void context.stderr.write(`${text}\n`),
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

const asJson = ({ known: _, name, waitedSeconds, statements, reckonedFrom, ...numbers }: Compared) => ({
  processor: name,
  ...numbers,
  waitedSeconds: waitedSeconds ?? null,
  statements: statements ?? null,
  reckonedFrom: reckonedFrom ?? null,
});
