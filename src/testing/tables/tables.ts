/** The empty tables that tests need, as one text that says what they are and as what makes them. */
import { type Reach, reachOf } from "../../compile/keys.ts";
import { type Relation, type Unit, type Units, unitsOf } from "../../compile/units.ts";
import { buildGraph } from "../../graph/graph.ts";
import { topologicalOrder } from "../../graph/order.ts";
import type { Kinds } from "../../plan/kind.ts";
import type { Code, Project, Transform } from "../../project/types.ts";
import { VERSION } from "../../project/version.ts";
import { packageVersions } from "../../warehouse/embedded/binaries.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import type { GivenRelation, TestCase } from "../types.ts";
import { transformsOf } from "../transforms_of.ts";

export interface TestTables {
  /** One text for each thing that has to be there; it changes with anything that the thing depends on. */
  readonly parts: readonly string[];
  /** Those that are made, as `schema.name`. */
  readonly names: ReadonlySet<string>;
  /** The statements that are run to make them, by the id of their transform. */
  readonly makers: ReadonlyMap<string, Code>;
  fill(session: () => Promise<Session>): Promise<void>;
}

/** All that these tests can reach, and no more: eight hundred tables would take seconds. */
export function tablesFor(project: Project, kinds: Kinds, tests: readonly TestCase[]): TestTables {
  const units = unitsOf(project);
  const { tested, makers, relations } = reachOfTests(project, units, tests);
  const sorted = [...relations].sort((a, b) => (a.text < b.text ? -1 : 1)).map(withoutForeignKeys);
  const inOrder = topologicalOrder(buildGraph(project))
    .map((id) => units.byId.get(id)!)
    .filter((unit) => makers.has(unit));
  const common = JSON.stringify([VERSION, packageVersions[project.postgres], project.variables]);
  const parts = [
    common,
    ...sorted.map(({ text, declared, maker }) => JSON.stringify([common, text, declared, maker?.byStatements])),
    ...inOrder.map(({ transform, text }) => JSON.stringify([common, transform.id, transform.settings, text])),
  ];
  return {
    parts,
    names: new Set(sorted.map(({ text }) => text)),
    makers: new Map(
      inOrder.map(({ transform, text }) => [
        transform.id,
        { file: transform.codeFile!, text: text ?? "", line: 1, column: 1 },
      ]),
    ),
    fill: async (session) => {
      const { fillTables } = await import("./fill.ts");
      await fillTables(project, kinds, { tested, relations: sorted, makers: inOrder }, session);
    },
  };
}

interface ReachOfTests extends Reach {
  /** Also what makes tables that tests name, if it does so by statements. */
  readonly tested: ReadonlySet<Unit>;
}

/** What has to be there for these tests. */
export function reachOfTests(project: Project, units: Units, tests: readonly TestCase[]): ReachOfTests {
  const tested = new Set(tests.flatMap(testedUnits(units)));
  const named = new Set(tests.flatMap(({ given, before }) => [...given, ...before].map(({ relation }) => relation)));
  // Nobody looks into Python for what it reads.
  for (const { transform } of tested) for (const relation of inputsOf(project, transform)) named.add(relation);
  const { makers, relations } = reachOf(units, tested);
  const all = new Set([...relations, ...units.relations.filter(({ declared }) => named.has(declared))]);
  for (const { maker } of all) if (maker?.byStatements) tested.add(maker);
  const reach = all.size === relations.size ? { makers, relations } : reachOf(units, tested);
  for (const relation of reach.relations) all.add(relation);
  return { tested, makers: reach.makers, relations: all };
}

/** The tables and views that a transform declares as its inputs. */
export const inputsOf = (project: Project, { inputs }: Transform): readonly GivenRelation[] =>
  inputs.flatMap((input): readonly GivenRelation[] => {
    if (input.type === "source") {
      return project.sources.flatMap((one) => (one.type === "table" && one.sourceName === input.name ? [one] : []));
    }
    const outputs = project.transforms.find(({ id }) => id === input.id)?.outputs ?? [];
    return outputs.flatMap((output) => (output.type === "table" || output.type === "view" ? [output] : []));
  });

const testedUnits =
  (units: Units) =>
  ({ subject }: TestCase): readonly Unit[] =>
    transformsOf(subject).map(({ id }) => units.byId.get(id)!);

/** A test gives the rows that it is about: rows that they refer to are looked for only where the test gives these too. */
const withoutForeignKeys = (relation: Relation): Relation => {
  const declared: GivenRelation = relation.declared;
  if (!("foreignKeys" in declared) || declared.foreignKeys.length === 0) return relation;
  return { ...relation, declared: { ...declared, foreignKeys: [] } };
};
