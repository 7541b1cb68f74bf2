/** Runs one test after the other, keeping what can be kept from one to the next. */
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import type { Code, Project } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import { hangUp } from "../../warehouse/session/hang_up.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { isLostConnection } from "../../warehouse/errors.ts";
import type { TestDatabase, Testbed } from "../../warehouse/testbed/databases.ts";
import type { PythonCaller } from "../../warehouse/work.ts";
import { type Clock, clockOf } from "./clock.ts";
import { impossibleTest, testFailed } from "../codes.ts";
import { frozenTransform } from "./frozen.ts";
import type { LazyWorkers } from "./lazy_workers.ts";
import { newMemory, rehearse, type SessionMemory } from "./rehearsal.ts";
import { transformsOf } from "../transforms_of.ts";
import type { TestCase } from "../types.ts";
import type { Verdict } from "../verdict.ts";
import { noPython, workFor } from "./work.ts";

export interface WorkerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Every test in a database of its own, which this gets to see as the test left it. */
  readonly debug?: (database: TestDatabase, verdict: Verdict) => Promise<void>;
}

/** Python and whole pipelines get this long; nobody waits for ever. */
export const LONGEST_MS = 120_000;

interface OwnDatabase {
  readonly database: TestDatabase;
  /** Undoes what a test has committed. Gives whether it did. */
  again(): Promise<boolean>;
}

/** What the workers of a round share. */
interface Around {
  readonly testbed: Testbed;
  readonly project: Project;
  readonly planned: ReadonlyMap<string, PlannedTransform>;
  readonly makers: ReadonlyMap<string, Code>;
  readonly workers: LazyWorkers;
  /** No test that waits needs a database of its own. */
  readonly isLast: () => boolean;
}

/** One test after the other, in a session of its own database. */
export class TestWorker {
  private readonly around: Around;
  private readonly options: WorkerOptions;
  private database: TestDatabase | undefined;
  private session: Session | undefined;
  /** One of its own that is as it was in the beginning. */
  private spare: OwnDatabase | undefined;
  private memory: SessionMemory = newMemory();

  constructor(around: Around, options: WorkerOptions) {
    this.around = around;
    this.options = options;
  }

  /** Hangs up: the server ends what it is at, and `run` fails or gives what does not count. */
  breakOff(): void {
    if (this.session) hangUp(this.session.client);
  }

  /** `notes` gets what is worth knowing beside. */
  async run(test: TestCase, notes: Diagnostic[]): Promise<Verdict["failures"]> {
    const { subject } = test;
    const transforms = transformsOf(subject);
    const planned = transforms.map(({ id }) => this.around.planned.get(id)!);
    const [only] = planned;
    const missing = missingVariables(this.around.project, test, planned);
    if (missing.length > 0) return [{ type: "refused", diagnostics: missing }];
    const clock = clockOf(this.around.project, test, this.around.makers, (note) => void notes.push(note));
    try {
      return await (isRehearsed(test, this.around.planned, this.options)
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
    this.database ??= await this.around.testbed.shared();
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
      root: this.around.project.root,
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
    const own = this.spare ?? (await this.copy());
    const { database } = own;
    this.spare = undefined;
    const { root } = this.around.project;
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
      // A person's statements may have done anything, and what was broken off may still go on.
      const isOnlyRows = planned.every(({ action }) => action.type !== "run_statements") && !signal.aborted;
      if (isOnlyRows && (await own.again())) this.spare = own;
      else await database.leave();
    }
  }

  private async copy(): Promise<OwnDatabase> {
    const database = await this.around.testbed.own();
    const { resetTo } = await import("../../warehouse/testbed/reset.ts");
    const reset = this.around.isLast() ? undefined : await resetTo((await database.session()).client);
    const again = async (): Promise<boolean> => {
      if (!reset || this.around.isLast()) return false;
      await database.rest();
      return reset.again((await database.session()).client).catch(() => false);
    };
    return { database, again };
  }

  private async python({ now, vars }: TestCase): Promise<PythonCaller> {
    const { pythonCaller } = await import("../../worker/call/caller.ts");
    return pythonCaller({
      workers: await this.around.workers.get(),
      variables: { ...defaultsOf(this.around.project), ...vars },
      now: now === undefined ? new Date() : new Date(now),
      clockStandsStill: now !== undefined,
      hear: () => {},
    });
  }
}

const defaultsOf = ({ variables }: Project): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.flatMap((one) => (one.default === undefined ? [] : [[one.name, one.default]])));

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

/** Whether the test needs no database of its own. */
export const isRehearsed = (
  test: TestCase,
  planned: ReadonlyMap<string, PlannedTransform>,
  { debug }: WorkerOptions,
): boolean =>
  !debug &&
  transformsOf(test.subject).length > 0 &&
  canBeRehearsed(test, planned.get(transformsOf(test.subject)[0]!.id)!);

/** SQL in one transaction: everything else needs a database of its own, which takes longer. */
export function canBeRehearsed({ subject }: TestCase, { action }: PlannedTransform): boolean {
  if (subject.type !== "transform") return subject.type === "piece";
  if (action.type === "run_statements") return action.oneTransaction;
  return (action.type === "build_table" || action.type === "merge_rows") && action.rows.type === "query";
}
