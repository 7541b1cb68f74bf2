#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VERSION } from "../project/version.ts";
import type { Io } from "./context.ts";

/** Runs one command: arguments and streams in, exit code out. Nothing of the process is touched. */
export async function ctf(args: readonly string[], io: Io): Promise<number> {
  // `--version` is asked for by scripts and editors: it answers before anything is loaded.
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    io.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const { dispatch } = await import("./dispatch.ts");
  return dispatch(args, io, VERSION);
}

async function main(): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process;
  // Deprecations in libraries are for us, not for those who watch a run.
  process.noDeprecation = !env["CTF_DEBUG"];
  // Stack traces in terms of src/.
  if (env["CTF_DEBUG"]) process.setSourceMapsEnabled(true);
  // As Node itself has it from 21 on: without it, pg loads the whole of fetch to find out where it runs.
  if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { userAgent: "Node.js" } });
  for (const stream of [stdout, stderr]) {
    // The reader has seen enough (`ctf ls | head`); a run goes on without it.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  process.exitCode = await ctf(argv.slice(2), { cwd: process.cwd(), env, stdin, stdout, stderr, signals: process });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
