/** What the commands do: generate a scenario, process it, measured if wanted. */
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
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
  if (!scenario) throw new DiagnosticError([unknown("scenario", name, [...scenarios.keys()])]);
  return { name, scenario, documents, seed };
}

/** @throws DiagnosticError naming those that there are */
export function findProcessor({ processors }: Conf, name: string): KnownProcessor {
  const found = processors.get(name);
  if (!found) throw new DiagnosticError([unknown("processor", name, [...processors.keys()])]);
  return found;
}

/** Without a name: none was given. */
export function unknown(what: string, name: string | undefined, known: readonly string[]): Diagnostic {
  const near = name === undefined ? undefined : nearest(name, known);
  const choice =
    known.length === 0 ? "There is none." : `There ${known.length === 1 ? "is" : "are"} ${known.join(", ")}.`;
  return unknownName({
    message: name === undefined ? `a ${what} has to be named` : `there is no ${what} ${name}`,
    hint: near === undefined ? choice : `Did you mean ${near}? ${choice}`,
  });
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

async function measured(url: string, request: ProcessRequest): Promise<Outcome> {
  const work = () => processDatabase(url, request.known.processor, { log: request.log });
  const inMemory = async () => (request.memory ? sampled(work) : { done: await work(), samples: undefined });
  const { done, profile } = request.profile ? await profiled(inMemory) : { done: await inMemory(), profile: undefined };
  return {
    processed: done.done,
    peakBytes: peakBytes(),
    ...(profile && { profile }),
    ...(done.samples && { memory: done.samples }),
  };
}

function refuseTooMuch({ which, name, known: { atMost }, first }: ProcessRequest): void {
  const events = eventsOfFirst(which, first ?? Infinity);
  if (atMost === undefined || events <= atMost) return;
  const most = mostSubmissions(which, atMost);
  const part = eventsOfFirst(which, most) <= atMost ? `Let it take a part (--first ${most}), or raise` : "Raise";
  throw new DiagnosticError([
    tooMuch({
      message: `${which.name} has ${events.toLocaleString("en-US")} events, and ${name} is for ${atMost.toLocaleString("en-US")} at most`,
      hint: `${part} its at_most in the conf file.`,
    }),
  ]);
}

const eventsOfFirst = ({ scenario }: Which, submissions: number): number =>
  eventsOf({ ...scenario, submissions: Math.min(submissions, scenario.submissions) });

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
