/** Runs all processors on a scenario, each run in a process of its own, so that its memory is its own. */
import { spawn } from "node:child_process";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { runFailed } from "../codes.ts";
import type { Conf, KnownProcessor } from "../config/read.ts";
import { ensureTemplate, type Which } from "../databases.ts";
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
  /** Before each run. */
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
  { which, processors, repeat, command, more, tell }: CompareRequest,
): Promise<{ readonly compared: readonly Compared[]; readonly problems: readonly Diagnostic[] }> {
  for (const one of which) await ensureTemplate(server, one);
  const problems: Diagnostic[] = [];
  const all = which.flatMap((one) =>
    [...processors].map(([name, known]) => ({ ...partOf(one, known), which: one, name, known, runs: [] as RunJson[] })),
  );
  const failed = new Set<unknown>();
  for (let round = 1; round <= repeat; round++) {
    for (const one of all.filter((one) => !failed.has(one))) {
      tell(`round ${round} of ${repeat}: ${one.name}, ${one.which.documents}`);
      server.signal.throwIfAborted();
      const own = ["etl", "process", one.which.name, one.name, "--documents", one.which.documents, ...one.part];
      const run = await runOnce([...command, ...own, "--json", ...more], server.signal);
      server.signal.throwIfAborted();
      if (typeof run === "object") one.runs.push(run);
      else {
        failed.add(one);
        problems.push(
          runFailed({
            message: `${one.name} did not get through ${one.which.name}: ${run}`,
            hint: `Run it by itself to see why: ctf ${own.join(" ")}`,
          }),
        );
      }
    }
  }
  return { compared: all.filter((one) => !failed.has(one)).map(medianOf), problems };
}

/** As much of the scenario as the processor is for. */
function partOf(which: Which, { atMost }: KnownProcessor): { readonly part: readonly string[] } {
  if (atMost === undefined || eventsOf(which.scenario) <= atMost) return { part: [] };
  return { part: ["--first", String(mostSubmissions(which, atMost))] };
}

interface Runs {
  readonly which: Which;
  readonly name: string;
  readonly known: KnownProcessor;
  readonly runs: readonly RunJson[];
}

function medianOf({ which, name, known, runs }: Runs): Compared {
  const events = eventsOf(which.scenario);
  const median = runs.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)]!;
  const times = median.events === 0 ? 1 : events / median.events;
  const { waitedSeconds, statements } = median;
  return {
    name,
    known,
    documents: which.documents,
    events,
    submissions: which.scenario.submissions,
    seconds: median.seconds * times,
    ...(waitedSeconds !== null && { waitedSeconds: waitedSeconds * times }),
    ...(statements !== null && { statements: Math.round(statements * times) }),
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
    runs: runs.length,
    ...(median.events < events && { reckonedFrom: median.events }),
  };
}

/** What it printed, or how it ended otherwise. */
function runOnce([program, ...args]: readonly string[], signal: AbortSignal): Promise<RunJson | string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { stdio: ["ignore", "pipe", "ignore"] });
    const stop = () => void child.kill("SIGINT");
    signal.addEventListener("abort", stop);
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.once("error", reject);
    child.once("close", (code, killed) => {
      signal.removeEventListener("abort", stop);
      if (code === 0) resolve(JSON.parse(printed) as RunJson);
      else resolve(killed === null ? `it ended with exit code ${code}` : `the system ended it (${killed})`);
    });
  });
}
