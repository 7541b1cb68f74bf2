/** A project and a database of its own, in which plans are run in this process while the test looks on. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { expect } from "vitest";
import { howToDeclare } from "../../src/check/how_to_declare.ts";
import { type Diagnostic, isError } from "../../src/diagnostics/diagnostic.ts";
import { buildGraph } from "../../src/graph/graph.ts";
import { select, type SelectionRequest } from "../../src/graph/select.ts";
import { kinds } from "../../src/kinds/index.ts";
import { makePlan, readFrom } from "../../src/plan/make.ts";
import type { Plan } from "../../src/plan/types.ts";
import { loadProject } from "../../src/project/load.ts";
import type { Project, Target } from "../../src/project/types.ts";
import type { RunEvent, RunResult } from "../../src/run/events.ts";
import type { RunOptions } from "../../src/run/options.ts";
import { runPlan } from "../../src/run/run.ts";
import { connect, freshDatabase } from "./database.ts";
import { lines, write, type Files } from "./files.ts";
import { scratchProject } from "./project.ts";
import type { TestMajor } from "./servers.ts";

const BASE = {
  "ctf.yaml": "ctf: 1\nproject: test\ntargets:\n  test: {url_env: WAREHOUSE_URL}\n",
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
};

/** For projects whose own ctf.yaml names others. */
const TEST_TARGET: Target = { name: "test", type: "url", urlEnv: "WAREHOUSE_URL" };

type Options = Partial<Omit<RunOptions, "root" | "target" | "listeners">> & Partial<Omit<SelectionRequest, "cwd">>;

/** A run on its way. */
export interface Going {
  readonly result: Promise<RunResult>;
  readonly events: readonly RunEvent[];
  /** The first event of this kind, or the next one if none has come yet. Fails when the run ends without it. */
  saw(matches: (event: RunEvent) => boolean): Promise<RunEvent>;
}

export interface Warehouse {
  readonly root: string;
  /** As superuser. */
  readonly url: string;
  /** A session as superuser, for the test's own statements. */
  readonly client: pg.Client;
  write(files: Files): void;
  rows(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** The first column of the first row. */
  value(sql: string, values?: unknown[]): Promise<unknown>;
  plan(options?: Options): Promise<Plan>;
  start(options?: Options): Promise<Going>;
  run(options?: Options): Promise<RunResult>;
  /** A run that has to succeed. */
  publish(options?: Options): Promise<RunResult>;
}

/** Transforms stand in pipeline p: `{"t.yaml": …, "t.sql": …}`; other paths count from the project's root. */
export async function warehouse(major: TestMajor, files: Files = {}, setup = ""): Promise<Warehouse> {
  const { root } = scratchProject(BASE);
  const database = await freshDatabase(major);
  const client = await connect(database.url);
  if (setup) await client.query(setup);
  const place = (all: Files): Files =>
    Object.fromEntries(
      Object.entries(all).map(([path, text]) => [path.includes("/") ? path : `pipelines/p/${path}`, text]),
    );
  write(root, place(files));

  const rows = async (sql: string, values?: unknown[]) => (await client.query(sql, values)).rows;
  const plan = async ({ only, pipeline, start, end, upstream }: Options = {}): Promise<Plan> => {
    const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
    expect(lines(diagnostics.filter(isError))).toEqual([]);
    const which = only || pipeline ? { ...(only && { only }), ...(pipeline && { pipeline }) } : { all: true };
    const ends = { ...(start && { start }), ...(end && { end }), ...(upstream && { upstream }) };
    const selection = select(project, buildGraph(project), { cwd: root, ...which, ...ends });
    if (!("ids" in selection)) throw new Error(lines(selection).join("\n"));
    const made = await makePlan(project, kinds, {
      ...selection,
      target: "test",
      variables: {},
      readCode: readFrom(root),
    });
    expect(lines(made.diagnostics)).toEqual([]);
    return made.plan;
  };
  const start = async (options: Options = {}): Promise<Going> => {
    const events: RunEvent[] = [];
    const { project } = await loadProject(root, kinds, { cache: false });
    const watchers = new Set<() => void>();
    const never = new AbortController().signal;
    const result = runPlan(await plan(options), {
      root,
      target: project.targets.find(({ name }) => name === "test") ?? TEST_TARGET,
      postgres: major,
      concurrency: options.concurrency ?? 2,
      failFast: options.failFast ?? false,
      resume: options.resume ?? false,
      rebuildViews: options.rebuildViews ?? false,
      interrupt: options.interrupt ?? never,
      kill: options.kill ?? never,
      python: pythonOf(project),
      howToDeclare: howToDeclare(project),
      env: { WAREHOUSE_URL: database.url, ...options.env },
      listeners: [
        (event) => {
          events.push(event);
          for (const watcher of watchers) watcher();
        },
      ],
    });
    result.catch(() => {}); // whoever awaits it hears of it
    const saw = (matches: (event: RunEvent) => boolean): Promise<RunEvent> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find(matches);
          if (!found) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
        result.then(({ transforms }) => reject(new Error(`it did not come: ${JSON.stringify(transforms)}`)), reject);
      });
    return { result, events, saw };
  };
  const run = async (options?: Options) => (await start(options)).result;
  return {
    root,
    url: database.url,
    client,
    write: (more) => write(root, place(more)),
    rows,
    value: async (sql, values) => Object.values((await rows(sql, values))[0] ?? {})[0],
    plan,
    start,
    run,
    publish: async (options) => {
      const result = await run(options);
      expect(problems(result, isError)).toEqual([]);
      expect(result.status).toBe("succeeded");
      return result;
    },
  };
}

/** As `ctf run` takes it from ctf.yaml. */
const pythonOf = (project: Project): NonNullable<RunOptions["python"]> => ({
  secrets: ["WAREHOUSE_URL"],
  ...(project.python !== undefined && { interpreter: project.python }),
});

/** What a run said of its transforms: `p.t CTF521 message → hint`. */
export const problems = (result: RunResult, of: (diagnostic: Diagnostic) => boolean = () => true): string[] =>
  result.transforms.flatMap((transform) =>
    transform.diagnostics
      .filter(of)
      .map(({ code, message, hint }) => `${transform.id} ${code} ${message}${hint === undefined ? "" : ` → ${hint}`}`),
  );

/** Asks until the answer is true. */
export async function until(ask: () => Promise<unknown> | unknown, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(10)) if (await ask()) return;
  throw new Error(`this never came: ${what}`);
}

/** A table's definition, for tests that only care about a few columns. `more`: further keys of the output, as YAML. */
export const definition = (table: string, columns: Readonly<Record<string, string>>, more = "", top = ""): string =>
  [
    "kind: create_table_as",
    ...(top ? [top] : []),
    "output:",
    `  table: ${table}`,
    "  columns:",
    ...Object.entries(columns).map(([name, type]) => `    - {name: ${name}, type: "${type}"}`),
    ...more
      .split("\n")
      .filter(Boolean)
      .map((line) => `  ${line}`),
    "",
  ].join("\n");
