/** One transform after the other, tried in a session of its own database. */
import type { Relation, Unit } from "../../compile/units.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { untilOf } from "../../generate/fill/fill.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import type { Project, Transform } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import type { Catalog } from "../../sql/lineage/scope.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { isLostConnection, sqlstate } from "../../warehouse/errors.ts";
import type { TableFacts } from "../../warehouse/facts/types.ts";
import type { TestDatabase, Testbed } from "../../warehouse/testbed/databases.ts";
import { type Clock, clockOf } from "../clock.ts";
import { frozenTransform } from "../frozen.ts";
import { pseudoTest } from "../service/pseudo_test.ts";
import type { TestTables } from "../tables.ts";
import { noPython, workFor } from "../work.ts";
import { failsOnRows } from "./codes.ts";
import type { Samples } from "./joinable.ts";
import { LoadStage, type LoadSubject } from "./load/load_stage.ts";
import { loadSubjectOf, testLoad } from "./load/test_load.ts";
import { CANCELLED } from "./refused.ts";
import { Stage } from "./stage.ts";
import { subjectOf } from "./subject.ts";
import { testTransform } from "./test_transform.ts";
import type { StructuralResult } from "./types.ts";

/** One without a default has a value of its type. */
export const variablesOf = ({ variables }: Project): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.map((one) => [one.name, one.default ?? exampleOf(one)]));

export interface Circumstances {
  readonly project: Project;
  /** What a transform may read, but for its own outputs. */
  readonly readable: (unit: Unit) => readonly Relation[];
  readonly seed: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** `isSure`: it would be the same the next time. */
export interface Result {
  readonly result: StructuralResult;
  readonly isSure: boolean;
}

/** A lifetime, hence a class: it keeps its database and session from one transform to the next. */
export class StructuralWorker {
  private readonly around: Circumstances;
  private readonly testbed: Testbed;
  private readonly catalog: Catalog;
  private readonly makers: TestTables["makers"];
  private readonly factsOf: (session: Session) => Promise<ReadonlyMap<string, TableFacts>>;
  private database: TestDatabase | undefined;
  private session: Session | undefined;
  private readonly memory = new Map<string, TableFacts>();
  private readonly samples: Samples = new Map();

  constructor(
    around: Circumstances,
    testbed: Testbed,
    catalog: Catalog,
    makers: StructuralWorker["makers"],
    factsOf: StructuralWorker["factsOf"],
  ) {
    this.around = around;
    this.testbed = testbed;
    this.catalog = catalog;
    this.makers = makers;
    this.factsOf = factsOf;
  }

  async test(unit: Unit, planned: PlannedTransform): Promise<Result> {
    const { project, readable, seed, env, signal } = this.around;
    const { action } = planned;
    const load = loadSubjectOf(project, unit.transform, planned);
    if (load) return this.testLoad(load);
    if (action.type === "run_statements" && !action.oneTransaction) return { result: NOTHING_RUN, isSure: true };
    this.database ??= await this.testbed.shared();
    const session = (this.session ??= await this.database.session());
    const facts = await this.factsOf(session);
    if (this.memory.size === 0) for (const [text, some] of facts) this.memory.set(text, some);
    const until = untilOf(project);
    const now = `${until}T12:00:00Z`;
    const frozen = await this.frozen(unit, { ...planned, monitors: [] }, now);
    const subject = subjectOf(unit, frozen.planned, readable(unit), facts, this.catalog, variablesOf(project));
    const work = workFor({
      client: session.client,
      planned: frozen.planned,
      root: project.root,
      env,
      signal,
      another: async () => (await this.database!.session()).client,
      python: noPython,
    });
    const stage = new Stage(subject, work, { seed, until, memory: this.memory, samples: this.samples });
    try {
      const result = await session.guarded(() => testTransform(stage, frozen.reads ? now : undefined));
      return { result, isSure: true };
    } catch (error) {
      if (!wasStopped(error)) throw error;
      if (isLostConnection(error)) this.session = undefined;
      return { result: tookTooLong(unit.transform), isSure: false };
    } finally {
      await stage.close();
      // People's statements may have changed the session.
      if (action.type === "run_statements" && this.session) {
        this.session = undefined;
        await session.client.end();
      }
    }
  }

  private async testLoad(subject: LoadSubject): Promise<Result> {
    const { project, seed, env, signal } = this.around;
    const stage = new LoadStage(subject, this.testbed, {
      root: project.root,
      env,
      signal,
      seed,
      until: untilOf(project),
    });
    try {
      return { result: await testLoad(stage), isSure: true };
    } catch (error) {
      if (!wasStopped(error)) throw error;
      return { result: tookTooLong(subject.transform), isSure: false };
    } finally {
      await stage.close();
    }
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
const wasStopped = (error: unknown): boolean => isLostConnection(error) || sqlstate(error) === CANCELLED;

const NOTHING_RUN: StructuralResult = { findings: [], statuses: { compiles: "not run" } };

const tookTooLong = ({ id, file }: Transform): StructuralResult => ({
  findings: [
    {
      check: "generated_inputs",
      diagnostic: failsOnRows({
        message: "on generated rows: it took too long, or ended its own session",
        span: { file },
        transform: id,
      }),
    },
  ],
  statuses: { generated_inputs: "failed" },
});
