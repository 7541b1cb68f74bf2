/** Where something that transforms need can't be made: which of them need it, and what the others can do without. */
import type { Unit, Units } from "../../compile/units.ts";
import { says } from "../../compile/words.ts";
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { type Project, tableText } from "../../project/types.ts";
import { cannotPrepare } from "../codes.ts";
import type { StructuralResult } from "./types.ts";

export interface Lacking {
  /** Why each of these can't be tried. */
  readonly stopped: ReadonlyMap<Unit, readonly Diagnostic[]>;
  /** The project without what can't be made. */
  readonly rest: Project;
}

/** Undefined where the error is about something else, or nobody needs what it is about. */
export function lackingIn(
  error: unknown,
  tested: readonly Unit[],
  units: Units,
  project: Project,
): Lacking | undefined {
  if (!(error instanceof DiagnosticError)) return undefined;
  const { diagnostics } = error;
  if (!diagnostics.every(({ code }) => code === cannotPrepare.code)) return undefined;
  const ids = new Set(diagnostics.flatMap(({ transform }) => transform ?? []));
  const sources = new Set(project.sources.filter((source) => diagnostics.some((one) => isAbout(one, source))));
  const stopped = new Map<Unit, readonly Diagnostic[]>();
  const all = [...units.byId.values()];
  const needs = (unit: Unit, one: Diagnostic): boolean => {
    if (one.transform !== undefined) return unit.transform.id === one.transform || uses(unit, one.transform, units);
    return project.sources.some((source) => isAbout(one, source) && reads(unit, source.sourceName, units, source));
  };
  for (const unit of all) {
    const lacking = diagnostics.filter((one) => needs(unit, one));
    if (lacking.length > 0) stopped.set(unit, lacking);
  }
  // What other statements would have made is not there either.
  for (const [other, lacking] of stopped) {
    if (!other.byStatements) continue;
    ids.add(other.transform.id);
    for (const unit of all) if (!stopped.has(unit) && uses(unit, other.transform.id, units)) stopped.set(unit, lacking);
  }
  const own = new Map([...stopped].filter(([unit]) => tested.includes(unit)));
  if (own.size === 0) return undefined;
  const rest = {
    ...project,
    transforms: project.transforms.filter(({ id }) => !ids.has(id)),
    sources: project.sources.filter((source) => !sources.has(source)),
  };
  return { stopped: own, rest };
}

/** By its declaration, or because its SQL says the name of one of the other's outputs. */
function uses(unit: Unit, id: string, units: Units): boolean {
  const outputs = units.byId.get(id)?.transform.outputs ?? [];
  if (unit.transform.id === id) return false;
  if (unit.transform.inputs.some((input) => input.type === "transform" && input.id === id)) return true;
  return outputs.some((output) => output.type !== "file" && (!unit.words || says(unit.words, output.name)));
}

type Source = Project["sources"][number];

const isAbout = ({ transform, span, message }: Diagnostic, source: Source): boolean =>
  transform === undefined &&
  span?.file === source.file &&
  source.type === "table" &&
  message.includes(tableText(source));

const reads = (unit: Unit, name: string, units: Units, source: Source): boolean =>
  unit.transform.inputs.some((input) => input.type === "source" && input.name === name) ||
  units.read(unit).some(({ declared }) => declared === source);

export const notTried = ({ transform: { id } }: Unit, [first]: readonly Diagnostic[]): StructuralResult => ({
  findings: [{ check: "compiles", diagnostic: { ...first!, transform: id } }],
  statuses: { compiles: "failed" },
});
