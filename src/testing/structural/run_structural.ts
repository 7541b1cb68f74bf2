/** Structural tests of many transforms, a few at a time; what nothing has changed of is not tried again. */
import { untilOf } from "../../generate/fill/fill.ts";
import { catalogOf, tablesOf } from "../../check/uses/tables.ts";
import { type Unit, type Units, unitsOf } from "../../compile/units.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Kinds } from "../../plan/kind.ts";
import { makePlan, readFrom } from "../../plan/make.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { tableText, type Project, type Transform } from "../../project/types.ts";
import { loadParser } from "../../sql/parser.ts";
import type { ServerName } from "../../warehouse/embedded/server.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { readFacts } from "../../warehouse/facts/read.ts";
import type { TableFacts } from "../../warehouse/facts/types.ts";
import { withTestbed } from "../../warehouse/testbed/databases.ts";
import type { PythonCaller } from "../../warehouse/work.ts";
import { pseudoTest } from "../service/pseudo_test.ts";
import { inputsOf, tablesFor } from "../tables/tables.ts";
import { takeTurns } from "../take_turns.ts";
import { openResults, resultKeys } from "./kept_results.ts";
import { lackingIn, notTried } from "./needed.ts";
import { tryingPython } from "./own/python.ts";
import { isLoad, isTriedInOwn, structurallyTested } from "./tested.ts";
import type { StructuralResult, StructuralVerdict } from "./types.ts";
import { type Circumstances, type Result, StructuralWorker, variablesOf } from "./worker.ts";

export interface StructuralOptions {
  /** Another scratch server than the project's own. */
  readonly server?: ServerName;
  readonly concurrency: number;
  readonly seed: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => void;
  /** Hears of each transform as it ends. */
  readonly ended: (verdict: StructuralVerdict) => void;
}

/**
 * In the order of the transforms.
 * @throws DiagnosticError when there is no server, or a transform can't be planned, or a table can't be made as it is declared
 */
export async function runStructural(
  project: Project,
  kinds: Kinds,
  transforms: readonly Transform[],
  options: StructuralOptions,
): Promise<readonly StructuralVerdict[]> {
  const tested = transforms.filter(structurallyTested(project));
  if (tested.length === 0) return [];
  const units = unitsOf(project);
  const inputs = inputsByUnit(project, units);
  const results = openResults(
    project.root,
    tested.length === project.transforms.filter(structurallyTested(project)).length,
  );
  const keyOf = resultKeys(project, kinds, units, (unit) => inputs(unit).known, options.seed);
  const verdicts = new Map<string, StructuralVerdict>();
  const tell = (unit: Unit, result: StructuralResult, kept: boolean, seconds: number) => {
    const { id, file } = unit.transform;
    const verdict: StructuralVerdict = { of: id, file, ...result, kept, seconds };
    verdicts.set(id, verdict);
    options.ended(verdict);
  };
  const open: Unit[] = [];
  const keys = new Map<Unit, string>();
  for (const { id } of tested) {
    const unit = units.byId.get(id)!;
    const key = keyOf(unit);
    const known = results.get(id, key);
    if (known) tell(unit, known, true, 0);
    else open.push(unit);
    keys.set(unit, key);
  }
  if (open.length > 0) {
    const { seed, env, signal } = options;
    const around: Circumstances = { project, inputs, seed, env, signal };
    await tryAll(around, units, kinds, options, open, (unit, result, seconds) => {
      const key = keyOf(unit);
      // Somebody who saves a file in between has had half of the tries made with the one, and half with the other.
      if (result.isSure && key === keys.get(unit)) results.set(unit.transform.id, key, result.result);
      tell(unit, result.result, false, seconds);
    });
  }
  results.save();
  return tested.flatMap(({ id }) => verdicts.get(id) ?? []);
}

type Ended = (unit: Unit, result: Result, seconds: number) => void;

async function tryAll(
  around: Circumstances,
  units: Units,
  kinds: Kinds,
  options: StructuralOptions,
  wanted: readonly Unit[],
  ended: Ended,
): Promise<void> {
  const { project, env } = around;
  const { planned, refused } = await planFor(project, kinds, wanted);
  let open = wanted.filter((unit) => {
    const diagnostic = refused.get(unit.transform.id);
    if (diagnostic) ended(unit, { result: notCompiled(diagnostic), isSure: true }, 0);
    return planned.has(unit.transform.id);
  });
  await loadParser();
  const python = tryingPython(project, env, variablesOf(project), `${untilOf(project)}T12:00:00Z`);
  let made = project;
  const plannedOf = ({ transform }: Unit) => planned.get(transform.id)!;
  try {
    while (open.length > 0) {
      try {
        return await tryOnTables(around, kinds, options, { made, open, plannedOf, python: python.caller }, ended);
      } catch (error) {
        const lacking = lackingIn(error, open, units, made);
        if (!lacking) throw error;
        const { stopped, rest } = lacking;
        for (const [unit, why] of stopped) ended(unit, { result: notTried(unit, why), isSure: false }, 0);
        open = open.filter((unit) => !stopped.has(unit));
        made = rest;
      }
    }
  } finally {
    await python.close();
  }
}

interface Open {
  /** What is made of the project; what can't be is left out. */
  readonly made: Project;
  readonly open: readonly Unit[];
  readonly plannedOf: (unit: Unit) => PlannedTransform;
  readonly python: PythonCaller;
}

/** @throws DiagnosticError before anything is tried, where a table can't be made as it is declared */
async function tryOnTables(
  around: Circumstances,
  kinds: Kinds,
  options: StructuralOptions,
  { made, open, plannedOf, python }: Open,
  ended: Ended,
): Promise<void> {
  const { project } = around;
  const { root, postgres } = project;
  const tests = open.map(({ transform }) => pseudoTest(transform));
  const { parts, fill, makers } = tablesFor(made, kinds, tests);
  const server = options.server ?? ({ root, role: "scratch", major: postgres } as const);
  const settings = { server, parts, fill, variables: variablesOf(project), notice: options.notice };
  const catalog = catalogOf(tablesOf(project));
  await withTestbed(settings, async (testbed) => {
    const next = queueOf(open, plannedOf);
    let facts: Promise<ReadonlyMap<string, TableFacts>> | undefined;
    const factsOf = (session: Session) =>
      (facts ??= readFacts(
        session.client,
        [...new Set(open.flatMap((unit) => around.inputs(unit).known))].map(({ declared }) => declared),
      ));
    const shared = { testbed, catalog, makers, factsOf, python };
    const workers = Array.from({ length: Math.min(options.concurrency, open.length) }, () => {
      const worker = new StructuralWorker(around, shared);
      return { work: (unit: Unit) => worker.test(unit, plannedOf(unit)), breakOff: () => worker.breakOff() };
    });
    await takeTurns({ workers, next, signal: options.signal, ended });
  });
}

/** The next for a worker, by its number. The first has what shares one process of Python to itself, and the others the rest. */
function queueOf(units: readonly Unit[], plannedOf: (unit: Unit) => PlannedTransform): (n: number) => Unit | undefined {
  const own = units.filter((unit) => isTriedInOwn(plannedOf(unit)));
  const loads = units.filter((unit) => isLoad(plannedOf(unit)));
  const others = units.filter((unit) => !own.includes(unit) && !loads.includes(unit));
  return (n) => (n === 0 ? own.shift() : undefined) ?? others.shift() ?? loads.shift();
}

interface Planned {
  readonly planned: ReadonlyMap<string, PlannedTransform>;
  /** By transform: what keeps it from being planned, such as SQL that is none. */
  readonly refused: ReadonlyMap<string, Diagnostic>;
}

async function planFor(project: Project, kinds: Kinds, units: readonly Unit[]): Promise<Planned> {
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: units.map(({ transform }) => transform.id),
    description: "structural tests",
    target: "tests",
    variables: {},
    readCode: readFrom(project.root),
    cache: true,
  });
  return {
    planned: new Map(plan.transforms.map((transform) => [transform.id, transform])),
    refused: new Map(diagnostics.map((one) => [one.transform ?? "", one])),
  };
}

/** What a transform's SQL names, and what it declares to read; its own outputs are no inputs. */
function inputsByUnit(project: Project, units: Units): Circumstances["inputs"] {
  const byText = new Map(units.relations.map((relation) => [relation.text, relation]));
  return (unit) => {
    const declared = inputsOf(project, unit.transform).flatMap((relation) => byText.get(tableText(relation)) ?? []);
    const all = new Set([...declared, ...(unit.words ? units.read(unit) : [])]);
    return {
      known: [...all].filter(({ maker, columns }) => maker !== unit && columns.length > 0),
      unknown: declared.filter(({ columns }) => columns.length === 0),
    };
  };
}

const notCompiled = (diagnostic: Diagnostic): StructuralResult => ({
  findings: [{ check: "compiles", diagnostic }],
  statuses: { compiles: "failed" },
});
