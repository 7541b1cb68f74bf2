/** One transform after the other, tried in a session of its own database. */
import type { Relation, Unit } from "../../compile/units.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { untilOf } from "../../generate/fill/fill.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import type { Project } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import type { Catalog } from "../../sql/lineage/scope.ts";
import { hangUp } from "../../warehouse/session/hang_up.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { isLostConnection, sqlstate } from "../../warehouse/errors.ts";
import type { TableFacts } from "../../warehouse/facts/types.ts";
import type { TestDatabase, Testbed } from "../../warehouse/testbed/databases.ts";
import type { PythonCaller } from "../../warehouse/work.ts";
import { type Clock, clockOf } from "../run/clock.ts";
import { frozenTransform } from "../run/frozen.ts";
import { pseudoTest } from "../service/pseudo_test.ts";
import type { TestTables } from "../tables/tables.ts";
import { noPython, workFor } from "../run/work.ts";
import type { Samples } from "./inputs/joinable.ts";
import { documentsOf } from "./flatten/documents.ts";
import { documentFiles } from "./flatten/files.ts";
import { LoadStage, type LoadSubject } from "./load/load_stage.ts";
import { loadSubjectOf } from "./load/load_subject.ts";
import { type Rehearse, TookTooLong } from "./trying/outcome.ts";
import { NOTHING_RUN, nothingKnown, tookTooLong } from "./not_tried.ts";
import { Ground } from "./own/ground.ts";
import { isOfTheMachine } from "./own/refusal.ts";
import { rehearseInOwn } from "./own/rehearse_own.ts";
import { fileSources, isUnknown, sourceFiles } from "./own/source_files.ts";
import { CANCELLED } from "./trying/refused.ts";
import { Stage } from "./trying/stage.ts";
import { type StructuralSubject, subjectOf } from "./subject.ts";
import { testLoad, testTransform } from "./test_transform.ts";
import { isTriedInOwn } from "./tested.ts";
import type { StructuralResult } from "./types.ts";

/** One without a default has a value of its type. */
export const variablesOf = ({ variables }: Project): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.map((one) => [one.name, one.default ?? exampleOf(one)]));

export interface Circumstances {
  readonly project: Project;
  /** What a transform may read, but for its own outputs; `unknown`: nobody has declared their columns. */
  readonly inputs: (unit: Unit) => Readonly<Record<"known" | "unknown", readonly Relation[]>>;
  readonly seed: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** `isSure`: it would be the same the next time. */
export interface Result {
  readonly result: StructuralResult;
  readonly isSure: boolean;
}

/** What all workers have in common. */
export interface Shared {
  readonly testbed: Testbed;
  readonly catalog: Catalog;
  readonly makers: TestTables["makers"];
  /** Of all that any of the transforms may read. */
  readonly factsOf: (session: Session) => Promise<ReadonlyMap<string, TableFacts>>;
  readonly python: PythonCaller;
}

/** A lifetime, hence a class: it keeps its database and session from one transform to the next. */
export class StructuralWorker {
  private readonly around: Circumstances;
  private readonly testbed: Testbed;
  private readonly catalog: Catalog;
  private readonly makers: TestTables["makers"];
  private readonly factsOf: Shared["factsOf"];
  private readonly python: PythonCaller;
  private database: TestDatabase | undefined;
  private session: Session | undefined;
  private readonly memory = new Map<string, TableFacts>();
  private readonly samples: Samples = new Map();
  /** For what can't be tried in a transaction. Nothing is made before it is needed. */
  private readonly ground: Ground;

  constructor(around: Circumstances, shared: Shared) {
    this.around = around;
    this.testbed = shared.testbed;
    this.catalog = shared.catalog;
    this.makers = shared.makers;
    this.factsOf = shared.factsOf;
    this.python = shared.python;
    const { project, env, signal } = around;
    this.ground = new Ground(shared.testbed, { root: project.root, env, signal });
  }

  /** Hangs up: the server ends what it is at, and so does `test`. */
  breakOff(): void {
    if (this.session) hangUp(this.session.client);
  }

  async test(unit: Unit, planned: PlannedTransform): Promise<Result> {
    try {
      const { project } = this.around;
      const nothing = this.nothingKnown(unit, planned);
      if (nothing) return { result: nothing, isSure: true };
      const load = loadSubjectOf(project, unit.transform, planned);
      return await (load ? this.testLoad(load) : this.testOther(unit, planned));
    } catch (error) {
      // What Ctrl-C broke off says nothing.
      if (this.around.signal.aborted) return { result: NOTHING_RUN, isSure: false };
      if (!wasStopped(error)) throw error;
      if (isLostConnection(error)) this.session = undefined;
      return { result: tookTooLong(unit.transform), isSure: false };
    }
  }

  /** Where rows or files can't be made up, as nobody says what is in them. */
  private nothingKnown(unit: Unit, planned: PlannedTransform): StructuralResult | undefined {
    const { transform } = unit;
    const file = fileSources(planned, this.around.project).find(isUnknown);
    if (file) {
      const message = `only its function knows what the files of ${file.sourceName} hold, so none could be made up`;
      const hint =
        "Declare the columns of the source, if it is CSV, JSON lines, fixed-width or Parquet; or write a test.";
      return nothingKnown(transform, message, hint);
    }
    const [table] = this.around.inputs(unit).unknown;
    if (!table) return undefined;
    const message = `nothing says which columns ${table.text} has, so no rows could be made up`;
    return nothingKnown(transform, message, 'Declare the columns: "ctf source add" reads them from a warehouse.');
  }

  private async testOther(unit: Unit, planned: PlannedTransform): Promise<Result> {
    const { project, seed, env, signal } = this.around;
    const { action } = planned;
    this.database ??= await this.testbed.shared();
    const session = (this.session ??= await this.database.session());
    const facts = await this.factsOf(session);
    if (this.memory.size === 0) for (const [text, some] of facts) this.memory.set(text, some);
    const until = untilOf(project);
    const now = `${until}T12:00:00Z`;
    const frozen = await this.frozen(unit, { ...planned, monitors: [] }, now);
    const inputs = this.around.inputs(unit).known;
    const subject = subjectOf(unit, frozen.planned, inputs, facts, this.catalog, variablesOf(project));
    const work = workFor({
      client: session.client,
      planned: frozen.planned,
      root: project.root,
      env,
      signal,
      another: async () => (await this.database!.session()).client,
      python: noPython,
    });
    const isOwn = isTriedInOwn(planned);
    if (isOwn) await this.ground.reset();
    const rehearse = isOwn ? await this.rehearseInOwn(subject) : undefined;
    const { memory, samples } = this;
    const stage = new Stage(subject, work, { seed, until, memory, samples, ...(rehearse && { rehearse }) });
    const test = () => testTransform(stage, frozen.reads ? now : undefined);
    try {
      // What is tried elsewhere leaves this session silent.
      const result = await (isOwn ? test() : session.guarded(test));
      return { result, isSure: !result.findings.some(({ diagnostic }) => isOfTheMachine(diagnostic)) };
    } finally {
      await stage.close();
      const hasViews = inputs.some(({ declared }) => declared.type === "view");
      if (isOwn && (action.type === "run_statements" || hasViews)) await this.ground.leave();
      // People's statements may have changed the session.
      if (action.type === "run_statements" && this.session) {
        this.session = undefined;
        await session.client.end();
      }
    }
  }

  private async rehearseInOwn({ planned, unit, inputs }: StructuralSubject): Promise<Rehearse> {
    const { project, seed, env, signal } = this.around;
    const { action } = planned;
    const documents = documentsOf(action);
    const around = { seed, until: untilOf(project) };
    const files =
      documents && "output" in action && action.output.type === "table"
        ? await documentFiles(project, documents, action.output, this.ground, around)
        : await sourceFiles(fileSources(planned, project), this.ground, around);
    return rehearseInOwn({
      ground: this.ground,
      transform: unit.transform,
      planned,
      root: project.root,
      env,
      signal,
      python: this.python,
      views: inputs.flatMap(({ declared }) => (declared.type === "view" ? [declared] : [])),
      ...(files && { files }),
    });
  }

  private async testLoad(subject: LoadSubject): Promise<Result> {
    const { project, seed } = this.around;
    await this.ground.reset();
    const stage = new LoadStage(subject, this.ground, { seed, until: untilOf(project) });
    return { result: await testLoad(stage), isSure: true };
  }

  /** What can't be held still is left as it is: the day on which it is tested then matters. */
  private async frozen(unit: Unit, planned: PlannedTransform, now: string) {
    if (!READS_CLOCK.test(unit.text ?? "")) return { planned, reads: false };
    const test = { ...pseudoTest(unit.transform), now };
    const clock: Clock | undefined = clockOf(this.around.project, test, this.makers, () => {});
    try {
      const frozen = await frozenTransform(planned, clock);
      return { planned: frozen, reads: JSON.stringify(frozen.action) !== JSON.stringify(planned.action) };
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return { planned, reads: false };
    }
  }
}

/** Whoever says none of these words reads no clock. */
const READS_CLOCK = /now|current_|local|clock_timestamp|transaction_timestamp|timeofday|age|today|tomorrow|yesterday/i;

/** By the server's own limit for a statement, or from outside. */
const wasStopped = (error: unknown): boolean =>
  error instanceof TookTooLong || isLostConnection(error) || sqlstate(error) === CANCELLED;
