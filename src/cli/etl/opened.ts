/** What every command of the workshop begins with: the data-dir, its conf file, its server. */
import { resolve } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Documents } from "../../workshop/scenarios/types.ts";
import { dropAbandoned, type Which } from "../../workshop/databases.ts";
import { type Conf, readConf } from "../../workshop/config/read.ts";
import { findScenario, unknown } from "../../workshop/workshop.ts";
import { type WorkshopServer, withServer } from "../../workshop/server.ts";
import { type CliContext, EXIT, UsageError } from "../context.ts";
import { connectionLost } from "../database_errors.ts";
import { withInterrupts } from "../terminal/interrupts.ts";

export interface CommonFlags {
  readonly dataDir: string;
  readonly conf?: string;
  readonly documents: Documents;
}

export interface Opened {
  readonly dataDir: string;
  readonly conf: Conf;
  readonly which: Which;
}

/** @throws DiagnosticError for what is wrong in the conf file, or a scenario that it does not have */
export function open(
  { cwd }: CliContext,
  scenario: string | undefined,
  { dataDir, conf, documents }: CommonFlags,
): Opened {
  const folder = resolve(cwd, dataDir);
  const read = readConf(folder, conf === undefined ? undefined : resolve(cwd, conf));
  const name = named("scenario", scenario, [...read.scenarios.keys()]);
  return { dataDir: folder, conf: read, which: findScenario(read, name, documents) };
}

/** @throws UsageError with those that there are, where none was named */
export function named(what: "scenario" | "processor", name: string | undefined, known: readonly string[]): string {
  if (name === undefined) throw new UsageError([unknown(what, name, known)]);
  return name;
}

/** The server is there as long as the work goes on. Ctrl-C ends the work, and what it has begun is dropped. */
export function atWork(
  context: CliContext,
  dataDir: string,
  work: (server: WorkshopServer) => Promise<void>,
): Promise<void> {
  const notice = (text: string) => void context.stderr.write(`${text}\n`);
  return withInterrupts(context, async ({ interrupt }) => {
    try {
      await withServer(dataDir, { signal: interrupt, notice }, async (server) => {
        await dropAbandoned(server);
        await work(server);
      });
    } catch (error) {
      if (!interrupt.aborted) throw inWorkshop(error);
      context.stderr.write("Interrupted; what was begun is gone.\n");
      context.setExitCode(EXIT.interrupted);
    }
  });
}

/** After a lost connection, there is less to do here than in a run of transforms. */
function inWorkshop(error: unknown): unknown {
  const lost =
    connectionLost(error) ??
    (error instanceof DiagnosticError ? error.diagnostics.find(({ code }) => code === "CTF518") : undefined);
  if (!lost) return error;
  const message = "the connection to the workshop's database was lost";
  const hint = "Run the command again: it begins with a fresh copy, and clears away what this one has left.";
  return new DiagnosticError([{ ...lost, message, hint }]);
}
