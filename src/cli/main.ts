#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
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

/** None where somebody has removed it. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process;
  // Deprecations in libraries are for us, not for those who watch a run.
  process.noDeprecation = !env["CTF_DEBUG"];
  // Stack traces in terms of src/.
  if (env["CTF_DEBUG"]) process.setSourceMapsEnabled(true);
  // As Node itself has it from 21 on: without it, pg loads the whole of fetch to find out where it runs.
  if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { userAgent: "Node.js" } });
  // Optimizing PostgreSQL's parser (WASM) takes longer than a thousand files do without, and Node waits for it.
  setFlagsFromString("--liftoff-only");
  let unwritten = false;
  for (const stream of [stdout, stderr]) {
    stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      // The reader has seen enough (`ctf ls | head`); a run goes on without it, and without a disk for what it says.
      if (code === "EPIPE" || stream === stderr || unwritten) return;
      unwritten = true;
      stderr.write(`error: the output could not be written: ${message}\n`);
    });
  }
  const cwd = workingFolder();
  if (cwd === undefined) {
    stderr.write("error: the folder that you stand in is not there any more. Go to another one (cd).\n");
    process.exitCode = 1;
    return;
  }
  const code = await ctf(argv.slice(2), { cwd, env, stdin, stdout, stderr, signals: process });
  // What a stream has against its last text is told a moment later.
  await new Promise(setImmediate);
  process.exitCode = code === 0 && unwritten ? 1 : code;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
