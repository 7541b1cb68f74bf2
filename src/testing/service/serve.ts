/** Answers `ctf.testing`: one request after the other, until it hangs up. */
import { createInterface } from "node:readline";
import { VERSION } from "../../project/version.ts";
import { queryRows } from "../../warehouse/testbed/query.ts";
import { functionOf } from "./function.ts";
import { give, giveFiles } from "./give.ts";
import type { HeldDatabase } from "./held_database.ts";
import { type Idle, openClone, openPreset, openShared } from "./open.ts";
import { openProject, type OpenedProject } from "./opened_project.ts";
import { freeze, render } from "./pieces.ts";
import {
  type Answer,
  type Hello,
  type Opened,
  type OpenRequest,
  PROTOCOL,
  type Request,
  type Said,
  type Told,
} from "./protocol.ts";
import { run } from "./run.ts";
import { problemOf } from "./told.ts";
import { refuseTransactions } from "./transactions.ts";

export interface ServiceSettings {
  readonly input: NodeJS.ReadableStream;
  readonly write: (line: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when nobody listens any more. */
  readonly gone: AbortSignal;
}

/** Ends when the input does, with everything dropped that it held. */
export async function serve({ input, write, env, gone }: ServiceSettings): Promise<void> {
  const say = (message: Hello | Said | Answer): void => write(`${JSON.stringify(message)}\n`);
  const stop = new AbortController();
  const service = new Service(env, stop.signal, (said) => say({ said }));
  const answer = async (before: Promise<void>, line: string): Promise<void> => {
    await before;
    if (stop.signal.aborted) return;
    const request = JSON.parse(line) as Request;
    const { id } = request;
    try {
      say({ id, ok: (await service.answer(request)) ?? {} });
    } catch (error) {
      say({ id, problem: problemOf(error) });
    }
  };
  let work = Promise.resolve();
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  gone.addEventListener("abort", () => lines.close());
  say({ hello: { protocol: PROTOCOL, version: VERSION } });
  const ended = new Promise<void>((resolve) => lines.once("close", resolve));
  lines.on("line", (line) => void (work = answer(work, line)));
  await ended;
  // What is being done would be for nobody.
  stop.abort();
  await Promise.race([work, service.broken()]);
  await service.close();
}

/** A lifetime: of what the requests opened. */
class Service {
  private readonly env: ServiceSettings["env"];
  private readonly signal: AbortSignal;
  private readonly say: (text: string) => void;
  private readonly projects = new Map<string, { readonly opened: Promise<OpenedProject>; readonly idle: Idle }>();
  private readonly held = new Map<number, { readonly database: HeldDatabase; readonly opened: OpenedProject }>();
  private opened = 0;

  constructor(env: ServiceSettings["env"], signal: AbortSignal, say: (text: string) => void) {
    this.env = env;
    this.signal = signal;
    this.say = say;
  }

  async answer(request: Request): Promise<Told> {
    switch (request.do) {
      case "render":
        return render(request);
      case "freeze":
        return freeze(request);
      case "function": {
        const opened = await this.project(request.project).opened;
        return functionOf(opened.project, opened.transform(request.transform));
      }
      case "open":
        return this.open(request);
      case "give": {
        const { opened, database } = this.database(request.database);
        return give(opened, database, request);
      }
      case "give_files": {
        const { opened, database } = this.database(request.database);
        giveFiles(opened, database, request);
        return undefined;
      }
      case "query": {
        const { database } = this.database(request.database);
        await refuseTransactions(request.text);
        return database.step(() => queryRows(database.client, request.text)).finally(() => database.touch());
      }
      case "run": {
        const { opened, database: held } = this.database(request.database);
        return run({ opened, held, signal: this.signal, say: this.say }, request);
      }
      case "close": {
        const { database } = this.database(request.database);
        this.held.delete(request.database);
        await database.end();
        return undefined;
      }
    }
  }

  private project(folder: string) {
    const known = this.projects.get(folder);
    if (known) return known;
    const settings = { env: this.env, notice: this.say };
    const made = { opened: openProject(folder, settings), idle: { free: [] } };
    this.projects.set(folder, made);
    // Whoever asks is told of it; it may be mended until somebody asks again.
    made.opened.catch(() => this.projects.delete(folder));
    return made;
  }

  private async open({ project, mode, url }: OpenRequest): Promise<Opened> {
    const { opened: opening, idle } = this.project(project);
    const opened = await opening;
    const database = await (url !== undefined
      ? openPreset(opened, url)
      : mode === "clone"
        ? openClone(opened)
        : openShared(opened, idle));
    this.held.set(++this.opened, { database, opened });
    const { own } = database;
    return { database: this.opened, ...(own && { url: own.database.url }) };
  }

  private database(number: number) {
    const held = this.held.get(number);
    if (!held) throw new Error(`database ${number} is not open`);
    return held;
  }

  /** Ends the sessions, so that what goes on in them breaks off. */
  async broken(): Promise<void> {
    await Promise.all([...this.held.values()].map(({ database }) => database.client.end().catch(() => {})));
  }

  async close(): Promise<void> {
    await Promise.all([...this.held.values()].map(({ database }) => database.end().catch(() => {})));
    const projects = await Promise.allSettled([...this.projects.values()].map(({ opened }) => opened));
    for (const project of projects) if (project.status === "fulfilled") await project.value.close();
  }
}
