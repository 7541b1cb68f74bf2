import type { Command } from "commander";
import type { CliContext } from "../context.ts";

/** How often it is looked whether the process that asks is still there: its children may hold the connection open. */
const LOOK_MS = 1_000;

export function register(program: Command, context: CliContext): void {
  program.command("__serve", { hidden: true }).action(async () => {
    const { serve } = await import("../../testing/service/serve.ts");
    const gone = new AbortController();
    const parent = process.ppid;
    const timer = setInterval(() => process.ppid !== parent && gone.abort(), LOOK_MS);
    await serve({
      input: context.stdin,
      write: (line) => void context.stdout.write(line),
      env: context.env,
      gone: gone.signal,
    }).finally(() => clearInterval(timer));
  });
}
