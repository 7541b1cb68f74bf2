import type { RunJson } from "../../workshop/compare/compare.ts";
import { drawFlame } from "../../workshop/draw/flame.ts";
import { drawMemory } from "../../workshop/draw/memory.ts";
import { megabytes, perSecond, seconds, toMicroseconds } from "../../workshop/draw/numbers.ts";
import { findProcessor, type Outcome, processScenario } from "../../workshop/workshop.ts";
import type { CliContext } from "../context.ts";
import { counted } from "../terminal/numbers.ts";
import { writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { drawLogged } from "./draw_logged.ts";
import { drawMemoryLines } from "./draw_memory.ts";
import { writeResult } from "./files.ts";
import { atWork, type CommonFlags, named, open } from "./opened.ts";

export interface ProcessFlags extends CommonFlags {
  readonly first?: number;
  readonly debugSql?: boolean;
  readonly debugMem?: boolean;
  readonly profile?: boolean;
  readonly json?: boolean;
}

export async function process(
  context: CliContext,
  asked: { readonly scenario: string | undefined; readonly processor: string | undefined },
  flags: ProcessFlags,
): Promise<void> {
  const { dataDir, conf, which } = open(context, asked.scenario, flags);
  const scenario = which.name;
  const processor = named("processor", asked.processor, [...conf.processors.keys()]);
  const known = findProcessor(conf, processor);
  const style = styleFor(context.colorOnStderr);
  await atWork(context, dataDir, async (server) => {
    const outcome = await processScenario(server, {
      which,
      name: processor,
      known,
      profile: flags.profile === true,
      memory: flags.debugMem === true,
      ...(flags.first !== undefined && { first: flags.first }),
      ...(flags.debugSql && { log: (entry) => void context.stderr.write(drawLogged(entry, style)) }),
    });
    const { profile, memory } = outcome;
    if (flags.json) writeJson(context, { scenario, documents: which.documents, processor, ...asJson(outcome) });
    else context.stdout.write(`${summary(outcome, `${scenario} with ${processor}`)}\n`);
    const name = `${scenario}-${which.documents}-${processor}`;
    const heading = `${scenario} (${which.documents}) with ${processor}`;
    if (profile) {
      writeResult(context, dataDir, `${name}.cpuprofile`, JSON.stringify(profile));
      writeResult(context, dataDir, `${name}-flame.svg`, drawFlame(profile, `Where the time goes: ${heading}`));
    }
    if (memory) {
      context.stderr.write(`${drawMemoryLines(memory, context.stderr.columns).join("\n")}\n`);
      writeResult(context, dataDir, `${name}-memory.svg`, drawMemory(memory, `Memory over time: ${heading}`));
    }
  });
}

function summary({ processed, peakBytes }: Outcome, what: string): string {
  const { events, seconds: taken, waitedSeconds, statements, processedOn } = processed;
  const share = waitedSeconds === undefined ? undefined : Math.round((100 * waitedSeconds) / taken);
  return [
    `${what}: ${counted(events, "event")} in ${seconds(taken)}, ${perSecond(events / taken)} a second`,
    ...(statements === undefined
      ? []
      : [`${counted(statements, "statement")}, ${share} % of the time in the database`]),
    `peak memory ${megabytes(peakBytes)}`,
    ...(processedOn === undefined ? [] : [`processed_on ${processedOn}`]),
  ].join("\n  ");
}

const asJson = ({ processed, peakBytes }: Outcome): RunJson & { readonly processedOn: string | null } => ({
  events: processed.events,
  seconds: toMicroseconds(processed.seconds),
  waitedSeconds: processed.waitedSeconds === undefined ? null : toMicroseconds(processed.waitedSeconds),
  statements: processed.statements ?? null,
  processedOn: processed.processedOn?.replace(" ", "T").replace("+00", "Z") ?? null,
  peakBytes,
});
