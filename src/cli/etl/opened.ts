/** What every command of the workshop begins with: the data-dir, its conf file, its server. */
import { resolve } from "node:path";
import type { Documents } from "../../workshop/scenarios/types.ts";
import { dropAbandoned, type Which } from "../../workshop/databases.ts";
import { type Conf, readConf } from "../../workshop/config/read.ts";
import { findScenario } from "../../workshop/workshop.ts";
import { type WorkshopServer, withServer } from "../../workshop/server.ts";
import { type CliContext, EXIT } from "../context.ts";
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
export function open({ cwd }: CliContext, scenario: string, { dataDir, conf, documents }: CommonFlags): Opened {
  const folder = resolve(cwd, dataDir);
  const read = readConf(folder, conf === undefined ? undefined : resolve(cwd, conf));
  return { dataDir: folder, conf: read, which: findScenario(read, scenario, documents) };
}

/** The server is there as long as the work goes on. Ctrl-C ends the work, and what it has begun is dropped. */
export function atWork(
  context: CliContext,
  dataDir: string,
  work: (server: WorkshopServer) => Promise<void>,
): Promise<void> {
  const notice = (text: string) => void context.stderr.write(`${text}\n`);
  return withInterrupts(context.signals, async ({ interrupt }) => {
    try {
      await withServer(dataDir, { signal: interrupt, notice }, async (server) => {
        await dropAbandoned(server);
        await work(server);
      });
    } catch (error) {
      if (!interrupt.aborted) throw error;
      context.stderr.write("Interrupted; what was begun is gone.\n");
      context.setExitCode(EXIT.interrupted);
    }
  });
}
