/** The time at which a test says that its transform runs. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Code, Project } from "../../project/types.ts";
import { inputsOf } from "../tables/tables.ts";
import type { TestCase } from "../types.ts";
import { transformsOf } from "../transforms_of.ts";

export interface Clock {
  readonly now: string;
  /** The type of a column of the tables that the test is about; undefined too where two of them differ. */
  readonly typeOf: (column: string) => string | undefined;
  /** The statements of other transforms, whose functions and views may read the clock as well. */
  readonly makers: readonly Code[];
  /** Hears of what may read the real clock all the same. */
  readonly note: (diagnostic: Diagnostic) => void;
}

export function clockOf(
  project: Project,
  { now, subject, given, before }: TestCase,
  makers: ReadonlyMap<string, Code>,
  note: Clock["note"],
): Clock | undefined {
  if (now === undefined) return undefined;
  const tested = transformsOf(subject);
  const outputs = tested.flatMap((transform) =>
    transform.outputs.filter((output) => output.type === "table" || output.type === "view"),
  );
  const inputs = tested.flatMap((transform) => inputsOf(project, transform));
  const relations = [...inputs, ...outputs, ...[...given, ...before].map(({ relation }) => relation)];
  const types = new Map<string, string | undefined>();
  for (const { name, type } of relations.flatMap(({ columns }) => columns)) {
    types.set(name, !types.has(name) || types.get(name) === type ? type : undefined);
  }
  const own = new Set(tested.map(({ id }) => id));
  return {
    now,
    typeOf: (column) => types.get(column),
    makers: [...makers].flatMap(([id, code]) => (own.has(id) ? [] : [code])),
    note,
  };
}
