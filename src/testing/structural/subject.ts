/** All that has to be known of a transform before it is tried. */
import type { Facts } from "../../generate/types.ts";
import type { Relation, Unit } from "../../compile/units.ts";
import type { Code, PlannedTransform } from "../../plan/types.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { type Suspect, suspectsIn } from "../../sql/questions/chance.ts";
import type { Variables } from "../../sql/lineage/compared.ts";
import { comparisonsIn } from "../../sql/lineage/lineage.ts";
import type { InputColumn } from "../../sql/lineage/flow.ts";
import type { Catalog } from "../../sql/lineage/scope.ts";
import { documentsOf, formsAnswered, withDocuments } from "./flatten/documents.ts";
import type { Uses } from "./inputs/joinable.ts";

export interface StructuralSubject {
  readonly unit: Unit;
  readonly planned: PlannedTransform;
  /** Tables and views that it can read, but for its own. */
  readonly inputs: readonly Relation[];
  readonly facts: Facts;
  readonly uses: Uses;
  /** Columns of inputs that the output's key is copied from, by table. */
  readonly keyCopies: ReadonlyMap<string, readonly string[]>;
  /** It reads files, too. */
  readonly readsFiles: boolean;
  /** What in its SQL may depend on chance or on the order of rows. */
  readonly suspects: readonly Suspect[];
}

/** `facts`: of all relations; `variables`: the values of the project's variables. The caller has awaited `loadParser()`. */
export function subjectOf(
  unit: Unit,
  planned: PlannedTransform,
  inputs: readonly Relation[],
  facts: Facts,
  catalog: Catalog,
  variables: Variables,
): StructuralSubject {
  const codes = codesOf(planned);
  const found = codes.map((code) => comparisonsIn(code, catalog, variables));
  const queries = found.flatMap((one) => one.queries);
  const known = new Map(inputs.flatMap(({ text }) => (facts.has(text) ? [[text, facts.get(text)!] as const] : [])));
  const documents = documentsOf(planned.action);
  return {
    unit,
    planned,
    inputs,
    facts: documents ? withDocuments(known, documents, planned) : known,
    uses: {
      pairs: documents ? formsAnswered(documents) : found.flatMap((one) => one.pairs),
      texts: found.flatMap((one) => one.texts),
      readAs: found.flatMap((one) => one.readAs),
      decides: queries.flatMap(({ rows, columns }) => [...rows, ...columns.flatMap(({ decides }) => decides)]),
    },
    keyCopies:
      codes.length > 0
        ? copiesOf(
            keyOf(planned),
            queries.flatMap(({ columns }) => columns),
          )
        : namesakes(keyOf(planned), known),
    readsFiles: unit.transform.inputs.some(
      (input) =>
        input.type === "source" &&
        !inputs.some(({ declared }) => "sourceName" in declared && declared.sourceName === input.name),
    ),
    suspects: codes.flatMap((code) => suspectsIn(code)),
  };
}

function codesOf({ action }: PlannedTransform): readonly Code[] {
  if (action.type === "run_statements") return action.statements;
  return "rows" in action && action.rows.type === "query" ? [action.rows.query] : [];
}

function keyOf({ action }: PlannedTransform): readonly string[] {
  if (action.type === "merge_rows") return action.keys;
  const output = "output" in action && action.output.type === "table" ? (action.output as TableOutput) : undefined;
  return output?.primaryKey?.columns ?? [];
}

function copiesOf(
  key: readonly string[],
  columns: readonly { readonly name: string; readonly copyOf?: InputColumn }[],
): ReadonlyMap<string, readonly string[]> {
  const copies = new Map<string, readonly string[]>();
  for (const { name, copyOf } of columns) {
    if (!copyOf || !key.includes(name) || copyOf.schema === undefined) continue;
    const text = tableText({ schema: copyOf.schema, name: copyOf.table });
    copies.set(text, [...new Set([...(copies.get(text) ?? []), copyOf.column])]);
  }
  return copies;
}

/** Where nobody sees into a function: the columns that are called as those of the key. */
const namesakes = (key: readonly string[], facts: Facts): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...facts].flatMap(([text, { columns }]) => {
      const same = columns.flatMap(({ name }) => (key.includes(name) ? [name] : []));
      return same.length > 0 ? [[text, same] as const] : [];
    }),
  );
