/** One process that calls people's functions, one after the other. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
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
  /** The program and its arguments; the path of the socket comes last. */
  readonly command: readonly [program: string, ...arguments: string[]];
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** It can't see by itself when CTF goes away: a pipe, its descriptor 3, tells it. What it writes without it, CTF reads. */
  readonly watched?: boolean;
  /** What to throw when it does not come to be ready: its last words, or what is known of it. */
  refused(last: string): Error;
}

const START_MS = 30_000;
const KILL_AFTER_MS = 1_000;
/** Of what it says before it is ready; no data has come to it by then. */
const LAST_WORDS = 2_000;

/** @throws what `refused` makes, when it does not come to be ready */
export async function startWorker({ command, root, env, watched = false, refused }: Start): Promise<WorkerProcess> {
  const started: { worker?: WorkerProcess; ready?: (commands: Socket) => void } = {};
  const door = await openDoor((first, socket) => {
    if (isStream(first)) started.worker?.stream(first, socket);
    else started.ready?.(socket);
  });
  // A process group of its own: Ctrl-C in the terminal is CTF's to handle, and what it starts goes with it.
  const [program, ...parameters] = command;
  const child = spawn(program, [...parameters, door.path], {
    cwd: root,
    env: { ...env },
    detached: true,
    stdio: watched ? ["ignore", "pipe", "pipe", "pipe"] : ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr!.on("data", (text: Buffer | string) => (said = (said + String(text)).slice(-LAST_WORDS)));
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
    throw refused(said.trimEnd().split("\n").at(-1) || (error as Error).message);
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

/** A longer line goes in pieces. */
const LONGEST_LINE = 1 << 16;

function printedTo(pipe: Readable, emit: (line: string) => void): void {
  let before = "";
  pipe.setEncoding("utf8");
  pipe.on("data", (text: string) => {
    const lines = (before + text).split("\n");
    before = lines.pop() ?? "";
    for (const line of lines) emit(line);
    if (before.length <= LONGEST_LINE) return;
    emit(before);
    before = "";
  });
  pipe.once("end", () => before !== "" && emit(before));
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
    jsonLines(commands, (event) => this.hear(event as WorkerEvent));
    commands.resume();
    for (const stream of ["stdout", "stderr"] as const) {
      // A watched one's; what it says itself comes as events.
      if (child.stdout) printedTo(child[stream]!, (text) => this.take({ type: "print", stream, text }));
    }
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

  /**
   * What was written to a watched one's descriptors before it told of a call's end has arrived too, but perhaps has not been
   * read: the rest of this turn of the event loop reads it.
   */
  private hear(event: WorkerEvent): void {
    const isEnd = event.type === "done" || event.type === "failed";
    if (isEnd && this.child.stdout) setImmediate(() => this.take(event));
    else this.take(event);
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
