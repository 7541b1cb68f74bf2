import { spawn, type StdioOptions } from "node:child_process";
import { ensureLast, ensureTemplate, urlOf } from "../../workshop/databases.ts";
import { serverFolder } from "../../workshop/server.ts";
import type { CliContext } from "../context.ts";
import { openPrompt } from "../prompt/open.ts";
import { atWork, type CommonFlags, open } from "./opened.ts";

export interface PsqlFlags extends CommonFlags {
  readonly command?: string;
}

/** `program`: with its arguments, it is run in place of psql, as long as the server is there. */
export async function psql(
  context: CliContext,
  scenario: string | undefined,
  program: readonly string[],
  flags: PsqlFlags,
): Promise<void> {
  const { dataDir, which } = open(context, scenario, flags);
  await atWork(context, dataDir, async (server) => {
    await ensureTemplate(server, which);
    const url = urlOf(server, await ensureLast(server, which));
    const command = flags.command === undefined ? {} : { command: flags.command };
    const code =
      program.length > 0
        ? await runProgram(context, program, url)
        : await openPrompt(context, { url, variables: {}, ...command, root: serverFolder(dataDir) });
    context.setExitCode(code);
  });
}

/** It finds the address in DATABASE_URL. Gives its exit code. */
function runProgram(
  { cwd, env, signals, stdout, stderr }: CliContext,
  [program, ...args]: readonly string[],
  url: string,
): Promise<number> {
  const leaveToProgram = (): void => {}; // Ctrl-C is meant for it
  signals.on("SIGINT", leaveToProgram);
  return new Promise<number>((resolve, reject) => {
    const stdio: StdioOptions = stdout === process.stdout ? "inherit" : ["ignore", "pipe", "pipe"];
    const child = spawn(program!, args, { cwd, env: { ...env, DATABASE_URL: url }, stdio });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
    child.stdout?.pipe(stdout, { end: false });
    child.stderr?.pipe(stderr, { end: false });
  }).finally(() => signals.off("SIGINT", leaveToProgram));
}
