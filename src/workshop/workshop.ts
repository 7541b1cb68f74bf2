/** What the commands do: generate a scenario, process it, measured if wanted. */
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { tooMuch, unknownName } from "./codes.ts";
import type { Conf, KnownProcessor } from "./config/read.ts";
import { ensureTemplate, type Which, withCopy } from "./databases.ts";
import { type MemorySample, sampled } from "./measure/memory.ts";
import { peakBytes } from "./measure/peak.ts";
import { type CpuProfile, profiled } from "./measure/profile.ts";
import { processDatabase, type Processed } from "./process.ts";
import { eventsOf } from "./scenarios/events.ts";
import type { Documents } from "./scenarios/types.ts";
import type { WorkshopServer } from "./server.ts";
import { newMeter } from "./session/meter.ts";
import { openSession, type Logged } from "./session/session.ts";
import { sql } from "./session/sql.ts";

/** @throws DiagnosticError naming those that there are */
export function findScenario({ scenarios, seed }: Conf, name: string, documents: Documents): Which {
  const scenario = scenarios.get(name);
  if (!scenario) throw unknown("scenario", name, [...scenarios.keys()]);
  return { name, scenario, documents, seed };
}

/** @throws DiagnosticError naming those that there are */
export function findProcessor({ processors }: Conf, name: string): KnownProcessor {
  const found = processors.get(name);
  if (!found) throw unknown("processor", name, [...processors.keys()]);
  return found;
}

function unknown(what: string, name: string, known: readonly string[]): DiagnosticError {
  const near = nearest(name, known);
  return new DiagnosticError([
    unknownName({
      message: `there is no ${what} ${name}`,
      hint: `${near === undefined ? "" : `Did you mean ${near}? `}There are ${known.join(", ")}.`,
    }),
  ]);
}

export interface ProcessRequest {
  readonly which: Which;
  readonly name: string;
  readonly known: KnownProcessor;
  /** Only so many submissions, the first ones. */
  readonly first?: number;
  readonly log?: (entry: Logged) => void;
  readonly profile?: boolean;
  readonly memory?: boolean;
}

export interface Outcome {
  readonly processed: Processed;
  /** Of this whole process, up to now. */
  readonly peakBytes: number;
  readonly profile?: CpuProfile;
  readonly memory?: readonly MemorySample[];
}

/** On a fresh copy of the scenario, which stays as the last one. @throws DiagnosticError */
export async function processScenario(server: WorkshopServer, request: ProcessRequest): Promise<Outcome> {
  refuseTooMuch(request);
  await ensureTemplate(server, request.which);
  return withCopy(server, request.which, async (url) => {
    if (request.first !== undefined) await keepFirst(url, request.first);
    return measured(url, request);
  });
}

async function measured(url: string, { known, log, profile, memory }: ProcessRequest): Promise<Outcome> {
  let result: { profile?: CpuProfile; memory?: readonly MemorySample[] } = {};
  let work = () => processDatabase(url, known.processor, { log });
  if (memory) {
    const inner = work;
    work = async () => {
      const { done, samples } = await sampled(inner);
      result = { ...result, memory: samples };
      return done;
    };
  }
  if (profile) {
    const inner = work;
    work = async () => {
      const { done, profile } = await profiled(inner);
      result = { ...result, profile };
      return done;
    };
  }
  const processed = await work();
  return { processed, peakBytes: peakBytes(), ...result };
}

function refuseTooMuch({ which, name, known: { atMost }, first }: ProcessRequest): void {
  const submissions = Math.min(first ?? Infinity, which.scenario.submissions);
  const events = eventsOf({ ...which.scenario, submissions });
  if (atMost === undefined || events <= atMost) return;
  const most = mostSubmissions(which, atMost);
  throw new DiagnosticError([
    tooMuch({
      message: `${which.name} has ${events.toLocaleString("en-US")} events, and ${name} is for ${atMost.toLocaleString("en-US")} at most`,
      hint: `Let it take a part (--first ${most}), or raise its at_most in the conf file.`,
    }),
  ]);
}

/** How many of a scenario's submissions have no more events than that; one at least. */
export function mostSubmissions({ scenario }: Which, events: number): number {
  const eventsIn = (submissions: number) => eventsOf({ ...scenario, submissions });
  let most = Math.floor(events / eventsIn(scenario.forms)) * scenario.forms;
  while (most < scenario.submissions && eventsIn(most + 1) <= events) most++;
  return Math.max(1, Math.min(most, scenario.submissions));
}

async function keepFirst(url: string, first: number): Promise<void> {
  const session = await openSession(url, { meter: newMeter() });
  try {
    await session.execute(sql`DELETE FROM app.submissions s WHERE s.id > $1`, [first]);
    await session.execute(sql`VACUUM ANALYZE app.submissions`);
  } finally {
    await session.end();
  }
}
