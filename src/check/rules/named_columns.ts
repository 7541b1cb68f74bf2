import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { Path } from "../../project/problem.ts";
import { suggestion } from "../../project/suggestion.ts";
import type { Column, ColumnRead, Transform } from "../../project/types.ts";
import type { Relation } from "../relations.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const SOURCES = {
  "sources/clinic.yaml":
    "sources:\n  - name: answers\n    table: clinic.answers\n    columns: [{name: id, type: bigint}, {name: answers, type: jsonb}]\n",
};
const definition = (column: string) => ({
  ...SOURCES,
  "pipelines/claims/events.yaml": `kind: flatten
inputs:
  - source: answers
flatten:
  documents: {from: clinic.answers, column: ${column}, key: id}
  schema: {paths: [{path: name}]}
output:
  table: clinic.events
  columns:
    - {name: id, type: bigint}
    - {name: value, type: text}
`,
});

const notNamed = defineCode({
  code: "CTF246",
  name: "named-column-missing",
  severity: "error",
  what: "A definition names a table that is not among its inputs, or a column that the input does not declare.",
  why: "Inputs decide what runs before what; a column that is not there can't be read.",
  todo: "Correct the name, or declare the input or its column.",
  bad: definition("answer"),
  good: definition("answers"),
});

export const namedColumns: Rule = {
  codes: [notNamed],
  check: (facts) =>
    facts.project.transforms.flatMap((transform) => {
      const reads = transform.columnReads ?? [];
      if (reads.length === 0) return [];
      const inputs = new Map(
        transform.inputs.flatMap((input) =>
          facts.relations.of(input).map((relation) => [relation.text, relation] as const),
        ),
      );
      const told = new Set<string>();
      return reads.flatMap((read) => problemsOf(transform, read, inputs, told));
    }),
};

function problemsOf(
  transform: Transform,
  read: ColumnRead,
  inputs: ReadonlyMap<string, Relation>,
  told: Set<string>,
): readonly RuleFinding[] {
  const relation = inputs.get(read.relation);
  const finding = (path: Path, message: string, known: readonly string[]): readonly RuleFinding[] => [
    {
      file: transform.file,
      transform: transform.id,
      problem: { code: notNamed, path, message, ...suggestion(read.column, known) },
    },
  ];
  if (!relation) {
    if (told.size === told.add(read.relation).size) return [];
    const names = [...inputs.keys()];
    const message = `${read.relation} is none of the inputs`;
    const hint = names.length > 0 ? `The inputs are ${names.join(", ")}.` : "Declare it under inputs.";
    return finding(read.relationPath, message, []).map((one) => ({ ...one, problem: { ...one.problem, hint } }));
  }
  const columns = columnsOf(relation).map(({ name }) => name);
  if (columns.length === 0 || columns.includes(read.column)) return [];
  return finding(read.path, `${read.relation} declares no column ${read.column}`, columns);
}

function columnsOf(relation: Relation): readonly Column[] {
  if ("source" in relation) return relation.source.columns;
  return relation.output.type === "function" ? [] : relation.output.columns;
}
