/** Runs tests, a few at a time, and tells of each as it ends. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Kinds } from "../../plan/kind.ts";
import { makePlan, readFrom } from "../../plan/make.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import type { Project } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import type { ServerName } from "../../warehouse/embedded/server.ts";
import { withTestbed } from "../../warehouse/testbed/databases.ts";
import { lazyWorkers } from "./lazy_workers.ts";
import { testsConcerned } from "../tables/not_made.ts";
import { tablesFor } from "../tables/tables.ts";
import { takeTurns } from "../take_turns.ts";
import { isRehearsed, TestWorker, type WorkerOptions } from "./test_worker.ts";
import { transformsOf } from "../transforms_of.ts";
import type { TestCase } from "../types.ts";
import type { Verdict } from "../verdict.ts";

interface TestOptions extends WorkerOptions {
  /** Another scratch server than the project's own. */
  readonly server?: ServerName;
  readonly concurrency: number;
  readonly notice: (text: string) => void;
  /** Hears of each test as it ends. */
  readonly ended: (verdict: Verdict) => void;
}

/** In the order of the tests. What can't be planned or made fails the tests that need it. @throws DiagnosticError when there is no server */
export async function runTests(
  project: Project,
  kinds: Kinds,
  tests: readonly TestCase[],
  options: TestOptions,
): Promise<readonly Verdict[]> {
  if (tests.length === 0) return [];
  const { planned, refused } = await planFor(project, kinds, tests);
  const wrong = new Map<TestCase, readonly Diagnostic[]>();
  for (const test of tests) {
    const own = transformsOf(test.subject).flatMap(({ id }) => refused.get(id) ?? []);
    if (own.length > 0) wrong.set(test, own);
  }
  const verdicts = new Map<TestCase, Verdict>();
  for (let open: readonly TestCase[] = tests; ;) {
    for (const [test, diagnostics] of wrong) {
      const verdict: Verdict = { test, failures: [{ type: "refused", diagnostics }], notes: [], seconds: 0 };
      if (!verdicts.has(test)) options.ended(verdict);
      verdicts.set(test, verdict);
    }
    open = open.filter((test) => !wrong.has(test));
    try {
      for (const verdict of await runPlanned(project, kinds, open, planned, options))
        verdicts.set(verdict.test, verdict);
      break;
    } catch (error) {
      for (const [test, diagnostics] of await testsConcerned(project, open, error)) wrong.set(test, diagnostics);
    }
  }
  return tests.flatMap((test) => verdicts.get(test) ?? []);
}

async function runPlanned(
  project: Project,
  kinds: Kinds,
  tests: readonly TestCase[],
  planned: ReadonlyMap<string, PlannedTransform>,
  options: TestOptions,
): Promise<readonly Verdict[]> {
  if (tests.length === 0) return [];
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
    const isLast = () => queue.every((test) => isRehearsed(test, planned, options));
    const around = { testbed, project, planned, makers: tables.makers, workers: python, isLast };
    const workers = Array.from({ length: Math.min(options.concurrency, tests.length) }, () => {
      const worker = new TestWorker(around, options);
      const work = async (test: TestCase) => {
        const notes: Diagnostic[] = [];
        return { failures: await worker.run(test, notes), notes };
      };
      return { work, breakOff: () => worker.breakOff() };
    });
    const ended = (test: TestCase, result: Pick<Verdict, "failures" | "notes">, seconds: number) => {
      const verdict: Verdict = { test, ...result, seconds };
      verdicts.set(test, verdict);
      options.ended(verdict);
    };
    await takeTurns({ workers, next: () => queue.shift(), signal: options.signal, ended });
  }).finally(() => python.close());
  return tests.flatMap((test) => verdicts.get(test) ?? []);
}

interface PlannedTests {
  /** By id. */
  readonly planned: ReadonlyMap<string, PlannedTransform>;
  /** By id, what keeps a transform from being planned. */
  readonly refused: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** The transforms that tests are about. */
export async function planFor(project: Project, kinds: Kinds, tests: readonly TestCase[]): Promise<PlannedTests> {
  const ids = new Set(tests.flatMap(({ subject }) => transformsOf(subject).map(({ id }) => id)));
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: [...ids],
    description: "tests",
    target: "tests",
    variables: {},
    readCode: readFrom(project.root),
    cache: true,
  });
  const refused = new Map<string, readonly Diagnostic[]>();
  for (const one of diagnostics) refused.set(one.transform ?? "", [...(refused.get(one.transform ?? "") ?? []), one]);
  return { planned: new Map(plan.transforms.map((transform) => [transform.id, transform])), refused };
}
