/** Runs all processors on a scenario, each run in a process of its own, so that its memory is its own. */
import { spawn } from "node:child_process";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { runFailed } from "../codes.ts";
import type { Conf, KnownProcessor } from "../config/read.ts";
import { ensureTemplate, type Which } from "../databases.ts";
import { seconds } from "../draw/numbers.ts";
import { eventsOf } from "../scenarios/events.ts";
import type { WorkshopServer } from "../server.ts";
import { mostSubmissions } from "../workshop.ts";
import type { Compared } from "./types.ts";

export interface CompareRequest {
  /** The scenario, once for each way to store its documents. */
  readonly which: readonly Which[];
  readonly processors: Conf["processors"];
  readonly repeat: number;
  /** The program and its first arguments; those of `etl process … --json` follow. */
  readonly command: readonly string[];
  /** Further ones: where the data-dir is. */
  readonly more: readonly string[];
  /** How far it is: a part of a line before a run, and the rest of it afterwards. */
  tell(text: string): void;
}

/** What `etl process --json` prints of one run. */
export interface RunJson {
  readonly events: number;
  readonly seconds: number;
  readonly waitedSeconds: number | null;
  readonly statements: number | null;
  readonly peakBytes: number;
}

/** Rounds of all, so that what else the machine does meets all of them. A processor that fails is left out from then on. */
export async function compare(
  server: WorkshopServer,
  request: CompareRequest,
): Promise<{ readonly compared: readonly Compared[]; readonly problems: readonly Diagnostic[] }> {
  const { which, processors, repeat, tell } = request;
  for (const one of which) await ensureTemplate(server, one);
  const problems: Diagnostic[] = [];
  let all: readonly Runs[] = which.flatMap((one) =>
    [...processors].map(([name, known]) => ({ part: partOf(one, known), which: one, name, known, runs: [] })),
  );
  for (let round = 1; round <= repeat; round++) {
    const begun = performance.now();
    const next: Runs[] = [];
    for (const one of all) {
      tell(`round ${round} of ${repeat}: ${one.name}, ${one.which.documents}`);
      const run = await runOnce(one, request, server.signal);
      tell("problem" in run ? ": failed\n" : `: ${seconds(run.seconds)}\n`);
      if ("problem" in run) problems.push(run.problem);
      else next.push({ ...one, runs: [...one.runs, run] });
    }
    all = next;
    const took = (performance.now() - begun) / 1000;
    if (round === 1 && repeat > 1) tell(`A round takes ${seconds(took)}; ${repeat - 1} to come.\n`);
  }
  return { compared: all.map(summedUp), problems };
}

/** As much of the scenario as the processor is for. */
function partOf(which: Which, { atMost }: KnownProcessor): readonly string[] {
  if (atMost === undefined || eventsOf(which.scenario) <= atMost) return [];
  return ["--first", String(mostSubmissions(which, atMost))];
}

/** A processor on a scenario, and its runs so far. */
interface Runs {
  readonly which: Which;
  readonly name: string;
  readonly known: KnownProcessor;
  /** The arguments that make it take a part only. */
  readonly part: readonly string[];
  readonly runs: readonly RunJson[];
}

function summedUp({ which, name, known, runs }: Runs): Compared {
  const events = eventsOf(which.scenario);
  const inOrder = runs.toSorted((a, b) => a.seconds - b.seconds);
  const median = inOrder[Math.floor(inOrder.length / 2)]!;
  const times = median.events === 0 ? 1 : events / median.events;
  const { waitedSeconds, statements } = median;
  return {
    name,
    known,
    documents: which.documents,
    events,
    submissions: which.scenario.submissions,
    seconds: median.seconds * times,
    fastest: inOrder[0]!.seconds * times,
    slowest: inOrder.at(-1)!.seconds * times,
    ...(waitedSeconds !== null && { waitedSeconds: waitedSeconds * times }),
    ...(statements !== null && { statements: Math.round(statements * times) }),
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
    runs: runs.length,
    ...(median.events < events && { reckonedFrom: median.events }),
  };
}

async function runOnce(
  { which, name, part }: Runs,
  { command: [program, ...args], more }: CompareRequest,
  signal: AbortSignal,
): Promise<RunJson | { readonly problem: Diagnostic }> {
  const own = ["etl", "process", which.name, name, "--documents", which.documents, ...part];
  signal.throwIfAborted();
  const { code, killed, stdout, stderr } = await ended(program!, [...args, ...own, "--json", ...more], signal);
  signal.throwIfAborted();
  if (code === 0) return JSON.parse(stdout) as RunJson;
  const how = killed === null ? `it ended with exit code ${code}` : `the system ended it (${killed})`;
  const problem = runFailed({
    message: `${name} did not get through ${which.name}: ${firstProblem(stderr) ?? how}`,
    hint: `Run it by itself to see more: ctf ${[...own, ...more].join(" ")}`,
  });
  return { problem };
}

/** The line with a code, of what CTF says on stderr; there is no value in it. */
const firstProblem = (stderr: string): string | undefined =>
  /^.*\bCTF\d{3} .*$/m.exec(stderr)?.[0] ?? /^error: (.*)$/m.exec(stderr)?.[1];

interface Ended {
  readonly code: number | null;
  readonly killed: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(program: string, args: readonly string[], signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => void child.kill("SIGINT");
    signal.addEventListener("abort", stop);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code, killed) => {
      signal.removeEventListener("abort", stop);
      resolve({ code, killed, stdout, stderr });
    });
  });
}
