/** Runs tests, a few at a time, and tells of each as it ends. */
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { Kinds } from "../plan/kind.ts";
import { makePlan, readFrom } from "../plan/make.ts";
import type { PlannedTransform } from "../plan/types.ts";
import type { Code, Project } from "../project/types.ts";
import { exampleOf } from "../project/variables.ts";
import type { ServerName } from "../warehouse/embedded/server.ts";
import type { Session } from "../warehouse/empty/database.ts";
import { type TestDatabase, type Testbed, withTestbed } from "../warehouse/testbed/databases.ts";
import { isLostConnection } from "../warehouse/errors.ts";
import type { PythonCaller } from "../warehouse/work.ts";
import type { Workers } from "../worker/pool.ts";
import { type Clock, clockOf } from "./clock.ts";
import { impossibleTest, testFailed } from "./codes.ts";
import { frozenTransform } from "./frozen.ts";
import { newMemory, rehearse, type SessionMemory } from "./rehearsal.ts";
import { tablesFor } from "./tables.ts";
import type { TestCase } from "./types.ts";
import type { Verdict } from "./verdict.ts";
import { noPython, workFor } from "./work.ts";
import { transformsOf } from "./transforms_of.ts";

export interface TestOptions {
  /** Another scratch server than the project's own. */
  readonly server?: ServerName;
  readonly concurrency: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => void;
  /** Every test in a database of its own, which this gets to see as the test left it. */
  readonly debug?: (database: TestDatabase, verdict: Verdict) => Promise<void>;
  /** Hears of each test as it ends. */
  readonly ended: (verdict: Verdict) => void;
}

/** Python and whole pipelines get this long; nobody waits for ever. */
export const LONGEST_MS = 120_000;

export interface LazyWorkers {
  get(): Promise<Workers>;
  close(): Promise<void>;
}

/** Most tests need no Python, and not even the code that speaks with it. */
export function lazyWorkers({ root, python, targets }: Project, { env }: Pick<TestOptions, "env">): LazyWorkers {
  let opened: Promise<Workers> | undefined;
  const open = async (): Promise<Workers> => {
    const { openWorkers } = await import("../worker/pool.ts");
    const secrets = targets.flatMap((target) => (target.type === "url" ? [target.urlEnv] : []));
    return openWorkers({ root, ...(python !== undefined && { python }), env, secrets });
  };
  return { get: () => (opened ??= open()), close: async () => (await opened)?.close() };
}

/** In the order of the tests. @throws DiagnosticError when there is no server, or what is tested can't be planned or made */
export async function runTests(
  project: Project,
  kinds: Kinds,
  tests: readonly TestCase[],
  options: TestOptions,
): Promise<readonly Verdict[]> {
  if (tests.length === 0) return [];
  const planned = await planFor(project, kinds, tests);
  const tables = tablesFor(project, kinds, tests);
  const { root, postgres, variables } = project;
  const settings = {
    server: options.server ?? ({ root, role: "scratch", major: postgres } as const),
    parts: tables.parts,
    fill: tables.fill,
    variables: Object.fromEntries(variables.map((one) => [one.name, one.default ?? exampleOf(one)])),
    notice: options.notice,
  };
  const verdicts = new Map<TestCase, Verdict>();
  const python = lazyWorkers(project, options);
  await withTestbed(settings, async (testbed) => {
    const queue = [...tests];
    const broken = new AbortController();
    const workers = Array.from({ length: Math.min(options.concurrency, tests.length) }, async () => {
      const worker = new TestWorker(testbed, project, planned, tables.makers, python, options);
      for (let test = queue.shift(); test && !options.signal.aborted && !broken.signal.aborted; test = queue.shift()) {
        const begun = performance.now();
        const notes: Diagnostic[] = [];
        const failures = await worker.run(test, notes).catch((error: unknown) => {
          broken.abort();
          throw error;
        });
        // What Ctrl-C broke off says nothing.
        if (options.signal.aborted) return;
        const verdict: Verdict = { test, failures, notes, seconds: (performance.now() - begun) / 1000 };
        verdicts.set(test, verdict);
        options.ended(verdict);
      }
    });
    // All have ended before the databases are left, also where one has failed.
    const ends = await Promise.allSettled(workers);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }).finally(() => python.close());
  return tests.flatMap((test) => verdicts.get(test) ?? []);
}

const defaultsOf = ({ variables }: Project): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.flatMap((one) => (one.default === undefined ? [] : [[one.name, one.default]])));

/** The transforms that tests are about, by id. @throws DiagnosticError where one can't be planned */
export async function planFor(
  project: Project,
  kinds: Kinds,
  tests: readonly TestCase[],
): Promise<ReadonlyMap<string, PlannedTransform>> {
  const ids = new Set(tests.flatMap(({ subject }) => transformsOf(subject).map(({ id }) => id)));
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: [...ids],
    description: "tests",
    target: "tests",
    variables: {},
    readCode: readFrom(project.root),
    cache: true,
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return new Map(plan.transforms.map((transform) => [transform.id, transform]));
}

/** One test after the other, in a session of its own database. */
class TestWorker {
  private readonly testbed: Testbed;
  private readonly project: Project;
  private readonly planned: ReadonlyMap<string, PlannedTransform>;
  private readonly makers: ReadonlyMap<string, Code>;
  private readonly options: TestOptions;
  private readonly workers: LazyWorkers;
  private database: TestDatabase | undefined;
  private session: Session | undefined;
  private memory: SessionMemory = newMemory();

  constructor(
    testbed: Testbed,
    project: Project,
    planned: ReadonlyMap<string, PlannedTransform>,
    makers: ReadonlyMap<string, Code>,
    workers: LazyWorkers,
    options: TestOptions,
  ) {
    this.testbed = testbed;
    this.project = project;
    this.planned = planned;
    this.makers = makers;
    this.workers = workers;
    this.options = options;
  }

  /** `notes` gets what is worth knowing beside. */
  async run(test: TestCase, notes: Diagnostic[]): Promise<Verdict["failures"]> {
    const { subject } = test;
    const transforms = transformsOf(subject);
    const planned = transforms.map(({ id }) => this.planned.get(id)!);
    const [only] = planned;
    const missing = missingVariables(this.project, test, planned);
    if (missing.length > 0) return [{ type: "refused", diagnostics: missing }];
    const clock = clockOf(this.project, test, this.makers, (note) => void notes.push(note));
    try {
      return await (!this.options.debug && canBeRehearsed(test, only!)
        ? this.rehearsed(test, only!, clock)
        : this.inOwn(test, planned, clock, notes));
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      // Ended from outside, because it took too long; the next test gets a new session.
      this.session = undefined;
      this.memory = newMemory();
      const message = "the test took too long, or ended its own session";
      return [{ type: "refused", diagnostics: [testFailed({ message, span: test.place })] }];
    }
  }

  private async rehearsed(
    test: TestCase,
    planned: PlannedTransform,
    clock: Clock | undefined,
  ): Promise<Verdict["failures"]> {
    this.database ??= await this.testbed.shared();
    const session = (this.session ??= await this.database.session());
    let frozen: PlannedTransform;
    try {
      frozen = test.subject.type === "piece" ? planned : await frozenTransform(planned, clock);
    } catch (error) {
      if (error instanceof DiagnosticError) return [{ type: "refused", diagnostics: error.diagnostics }];
      throw error;
    }
    const work = workFor({
      client: session.client,
      // A test has a handful of rows: monitors on how many there are would refuse every one.
      planned: test.expectError ? frozen : { ...frozen, monitors: [] },
      root: this.project.root,
      env: this.options.env,
      signal: this.options.signal,
      another: async () => (await this.database!.session()).client,
      python: noPython,
    });
    const failures = await session.guarded(() => rehearse(work, test, this.memory, clock));
    // People's statements may have changed the session.
    if (planned.action.type === "run_statements") {
      this.session = undefined;
      this.memory = newMemory();
      await session.client.end();
    }
    return failures;
  }

  private async inOwn(
    test: TestCase,
    planned: readonly PlannedTransform[],
    clock: Clock | undefined,
    notes: readonly Diagnostic[],
  ): Promise<Verdict["failures"]> {
    const database = await this.testbed.own();
    const { root } = this.project;
    const { runInOwn } = await import("./own_run.ts");
    const python = await this.python(test);
    const { env } = this.options;
    const limit = AbortSignal.timeout(LONGEST_MS);
    const signal = AbortSignal.any([this.options.signal, limit]);
    try {
      const begun = performance.now();
      const failures = await runInOwn({ database, test, planned, root, env, signal, python, clock });
      await this.options.debug?.(database, { test, failures, notes, seconds: (performance.now() - begun) / 1000 });
      return failures;
    } catch (error) {
      if (!signal.aborted) throw error;
      const message = `the test took longer than ${LONGEST_MS / 1000} s and was ended`;
      return [{ type: "refused", diagnostics: [testFailed({ message, span: test.place })] }];
    } finally {
      await database.leave();
    }
  }

  private async python({ now, vars }: TestCase): Promise<PythonCaller> {
    const { pythonCaller } = await import("../worker/caller.ts");
    return pythonCaller({
      workers: await this.workers.get(),
      variables: { ...defaultsOf(this.project), ...vars },
      now: now === undefined ? new Date() : new Date(now),
      clockStandsStill: now !== undefined,
      hear: () => {},
    });
  }
}

/** Variables that a run would ask for: their place is taken by something only where nothing is run. */
export function missingVariables(
  { variables }: Project,
  { vars, place }: TestCase,
  planned: readonly PlannedTransform[],
): readonly Diagnostic[] {
  const open = variables.filter((variable) => variable.default === undefined && !(variable.name in vars));
  if (open.length === 0) return [];
  const code = JSON.stringify(planned.map(({ action }) => action));
  return open
    .filter(({ name }) => new RegExp(`\\bctf\\.${name}\\b`).test(code))
    .map((variable) =>
      impossibleTest({
        message: `the variable ${variable.name} is read, and has neither a default nor a value`,
        span: place,
        hint: `Add "vars: {${variable.name}: ${exampleOf(variable)}}" to the test.`,
      }),
    );
}

/** SQL in one transaction: everything else needs a database of its own, which takes longer. */
export function canBeRehearsed({ subject }: TestCase, { action }: PlannedTransform): boolean {
  if (subject.type !== "transform") return subject.type === "piece";
  if (action.type === "run_statements") return action.oneTransaction;
  return (action.type === "build_table" || action.type === "merge_rows") && action.rows.type === "query";
}
