/** Tables that can't be made as they are declared concern only those tests that need them. */
import { placesIn } from "../../compile/places.ts";
import { type Relation, unitsOf } from "../../compile/units.ts";
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Project } from "../../project/types.ts";
import { cannotPrepare } from "../codes.ts";
import { reachOfTests } from "./tables.ts";
import type { TestCase } from "../types.ts";

export type Refused = ReadonlyMap<TestCase, readonly Diagnostic[]>;

/** The tests that can't be run, each with why. @throws the error itself where it is about something else, or about nothing that a test needs */
export async function testsConcerned(project: Project, tests: readonly TestCase[], error: unknown): Promise<Refused> {
  if (!(error instanceof DiagnosticError) || error.diagnostics.some(({ code }) => code !== cannotPrepare.code))
    throw error;
  const units = unitsOf(project);
  const isAbout = await aboutRelations(project, units.relations);
  const concerned = new Map<TestCase, readonly Diagnostic[]>();
  for (const test of tests) {
    const { makers, relations } = reachOfTests(project, units, [test]);
    const ids = new Set([...makers].map(({ transform }) => transform.id));
    const own = error.diagnostics.filter(
      (one) =>
        (one.transform !== undefined && ids.has(one.transform)) ||
        [...relations].some((relation) => isAbout(one, relation)),
    );
    if (own.length > 0) concerned.set(test, own);
  }
  if (concerned.size === 0) throw error;
  return concerned;
}

/** Whether a problem is one of a relation's declaration. */
async function aboutRelations(project: Project, relations: readonly Relation[]) {
  const places = await placesIn(project.root);
  const sources = relations.flatMap((relation) => {
    if (relation.maker) return [];
    const { file, start } = places(relation, []);
    return [{ relation, file, line: start?.line ?? 1 }];
  });
  return ({ transform, span }: Diagnostic, { text, maker }: Relation): boolean => {
    if (transform !== undefined) return maker?.transform.id === transform;
    const line = span?.start?.line ?? 1;
    const before = sources.filter((one) => one.file === span?.file && one.line <= line);
    return before.toSorted((a, b) => b.line - a.line)[0]?.relation.text === text;
  };
}
