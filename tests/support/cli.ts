import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { inject, onTestFinished } from "vitest";
import { ctf } from "../../src/cli/main.ts";
import { compiled } from "./compiled.ts";
import { MARK } from "./processes.ts";

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Of a spawned ctf: the input goes on. */
  readonly keepsOpen?: boolean;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = (extra: CliOptions["env"] = {}): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
  TERM: "dumb",
  [MARK]: inject("testFolder"),
  ...extra,
});

interface InProcess {
  readonly signals?: EventEmitter;
  /** Instead of `input`. */
  readonly stdin?: Readable;
  /** Hears what is written, as it comes. */
  readonly heard?: (text: string) => void;
}

/** Runs a command in this process. `signals` can be given to send it SIGINT: `signals.emit("SIGINT")`. */
export async function runCtf(
  args: readonly string[],
  {
    cwd,
    env,
    input = "",
    signals = new EventEmitter(),
    stdin = Readable.from(input === "" ? [] : [input]),
    heard,
  }: CliOptions & InProcess,
): Promise<CliResult> {
  const stdout = new Collector();
  const stderr = new Collector();
  if (heard) stdout.on("text", () => heard(stdout.text()));
  const code = await ctf(args, { cwd, env: environment(env), stdin, stdout, stderr, signals });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

export interface SpawnedCtf {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with -1 as code when a signal ended it. */
  readonly ended: Promise<CliResult>;
  /** Resolves when stdout or stderr has said so. */
  saw(pattern: RegExp): Promise<void>;
}

/** Runs the compiled ctf in a process of its own, for tests that kill it. It is killed at the end of the test. */
export async function spawnCtf(
  args: readonly string[],
  { cwd, env, input = "", keepsOpen = false }: CliOptions,
): Promise<SpawnedCtf> {
  const mainFile = join(await compiled(), "cli", "main.js");
  const child = spawn(process.execPath, [mainFile, ...args], { cwd, env: environment(env) });
  onTestFinished(() => void child.kill("SIGKILL"));
  const stdout = new Collector();
  const stderr = new Collector();
  child.stdout.pipe(stdout);
  child.stderr.pipe(stderr);
  if (keepsOpen) child.stdin.write(input);
  else child.stdin.end(input);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout: stdout.text(), stderr: stderr.text() }));
  });
  const saw = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stdout.text()) || pattern.test(stderr.text())) resolve();
      };
      for (const collector of [stdout, stderr]) collector.on("text", look);
      look();
      void ended.then(({ stderr: text }) => reject(new Error(`ctf ended without saying ${pattern}: ${text}`)));
    });
  return { child, pid: child.pid ?? -1, ended, saw };
}

class Collector extends Writable {
  #chunks: Buffer[] = [];
  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    this.emit("text");
    done();
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
