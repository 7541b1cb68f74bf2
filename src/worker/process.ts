/** One Python process that takes calls, one after the other. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { notStarted } from "./codes.ts";
import { jsonLines, openDoor, type Door } from "./connections.ts";
import type { CallCommand, StreamHeader, WorkerEvent, WorkerFailure } from "./protocol.ts";

/** What a call brings, as it comes. */
export interface Caller {
  /** The rows come over a connection of their own: the call is not done before that is there. */
  readonly rowsExpected: boolean;
  event(event: Extract<WorkerEvent, { type: "print" | "log" | "progress" | "breaks" }>): void;
  /** A connection for data; its socket is paused. */
  stream(header: StreamHeader, socket: Socket): void;
}

/** How a call ended. */
export type Ending =
  | { readonly type: "done"; readonly rows: number }
  | { readonly type: "failed"; readonly failure: WorkerFailure }
  /** The process is gone. */
  | { readonly type: "gone"; readonly code: number | null; readonly signal: NodeJS.Signals | null };

export interface Start {
  readonly python: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * It must be understood by any Python there is, and takes the working directory off the module path: a file `json.py` in
 * the project is no part of CTF.
 */
const PROGRAM = [
  "import sys",
  "sys.version_info >= (3, 11) or sys.exit(1)",
  "sys.path[:] = [folder for folder in sys.path if folder]",
  "from ctf.worker.main import main",
  "main(sys.argv[1])",
].join("\n");
const START_MS = 30_000;
const KILL_AFTER_MS = 1_000;
/** Of what Python says before it is ready; no data has come to it by then. */
const LAST_WORDS = 2_000;

/** @throws DiagnosticError when it does not come to be ready */
export async function startWorker({ python, root, env }: Start): Promise<WorkerProcess> {
  const started: { worker?: WorkerProcess; ready?: (commands: Socket) => void } = {};
  const door = await openDoor((first, socket) => {
    if (isStream(first)) started.worker?.stream(first, socket);
    else started.ready?.(socket);
  });
  // A process group of its own: Ctrl-C in the terminal is CTF's to handle, and what it starts goes with it.
  const child = spawn(python, ["-c", PROGRAM, door.path], {
    cwd: root,
    env: { ...env },
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said = (said + text.toString("utf8")).slice(-LAST_WORDS)));
  let timer: NodeJS.Timeout | undefined;
  try {
    const commands = await new Promise<Socket>((resolve, reject) => {
      started.ready = resolve;
      timer = setTimeout(() => reject(new Error("it did not answer")), START_MS);
      child.once("error", reject);
      child.once("close", () => reject(new Error("it ended")));
    });
    return (started.worker = new WorkerProcess(child, commands, door));
  } catch (error) {
    killGroup(child, "SIGKILL");
    door.close();
    const last = said.trimEnd().split("\n").at(-1);
    const message = `Python could not be started as a worker: ${last || (error as Error).message}`;
    throw new DiagnosticError([
      notStarted({
        message,
        hint: '"ctf python" tells which Python this is; "ctf python sync" makes its packages right.',
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

const isStream = (first: unknown): first is StreamHeader =>
  typeof first === "object" && first !== null && "stream" in first;

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left.
  }
}

/** A lifetime: from ready to the end of the process. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly commands: Socket;
  private readonly door: Door;
  private readonly gone: Promise<Ending>;
  private ended = false;
  private killed = false;
  private calls = 0;
  private caller: Caller | undefined;
  private finish: ((ending: Ending) => void) | undefined;
  /** It has said that it is done, and the connection with its rows is still at the door. */
  private done: Ending | undefined;
  private rowsCame = false;
  private readonly sockets = new Set<Socket>();

  constructor(child: ChildProcess, commands: Socket, door: Door) {
    this.child = child;
    this.commands = commands;
    this.door = door;
    jsonLines(commands, (event) => this.take(event as WorkerEvent));
    commands.resume();
    this.gone = once(child, "exit").then(([code, signal]) => {
      this.ended = true;
      // What it started goes with it.
      killGroup(child, "SIGKILL");
      commands.destroy();
      door.close();
      const ending: Ending = { type: "gone", code, signal };
      this.end(ending);
      return ending;
    });
  }

  /** Whether it can take another call. */
  get alive(): boolean {
    return !this.ended && !this.killed;
  }

  /** Calls a function. Never fails: how it ended is the result. The next call may follow when it did not end in `gone`. */
  call(command: Omit<CallCommand, "call">, caller: Caller): Promise<Ending> {
    if (this.ended) return this.gone;
    return new Promise((resolve) => {
      this.calls++;
      this.caller = caller;
      this.finish = resolve;
      this.rowsCame = false;
      this.done = undefined;
      this.commands.write(`${JSON.stringify({ ...command, call: this.calls } satisfies CallCommand)}\n`);
    });
  }

  stream(header: StreamHeader, socket: Socket): void {
    if (!this.caller || header.call !== this.calls) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    this.rowsCame ||= header.stream === "output";
    this.caller.stream(header, socket);
    if (this.done && this.rowsCame) this.end(this.done);
  }

  /** Ends it, whatever it is doing. */
  kill(): void {
    if (this.ended || this.killed) return;
    this.killed = true;
    killGroup(this.child, "SIGTERM");
    setTimeout(() => !this.ended && killGroup(this.child, "SIGKILL"), KILL_AFTER_MS).unref();
  }

  /** Lets it go when it has nothing to do: without its commands it ends by itself. */
  async close(): Promise<void> {
    this.commands.end();
    this.commands.destroy();
    const timer = setTimeout(() => this.kill(), KILL_AFTER_MS);
    await this.gone;
    clearTimeout(timer);
  }

  private take(event: WorkerEvent): void {
    if (event.type === "failed") this.end(event);
    else if (event.type === "done" && this.caller?.rowsExpected && !this.rowsCame) this.done = event;
    else if (event.type === "done") this.end(event);
    else if (event.type !== "ready") this.caller?.event(event);
  }

  private end(ending: Ending): void {
    const { finish } = this;
    this.caller = undefined;
    this.finish = undefined;
    // The rows of the output may still be on their way when "done" has come: that socket ends by itself.
    if (ending.type !== "done") for (const socket of this.sockets) socket.destroy();
    finish?.(ending);
  }
}
