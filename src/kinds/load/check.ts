/** What only a load can say of its definition. */
import { conflictingKeys, nameTooLong } from "../../project/codes/definition_codes.ts";
import type { Problem } from "../../project/problem.ts";
import { rejectsOf } from "../../project/rejects.ts";
import { suggestion } from "../../project/suggestion.ts";
import type { FileSource, Source, TableOutput, Transform } from "../../project/types.ts";
import { notAColumn, notOneFileSource } from "../codes.ts";
import { publishProblems, upsertProblems } from "../matched_rows.ts";
import { tableOf } from "../shared.ts";
import { classifyProblems, groupsOf } from "./classify.ts";
import type { Spec } from "./syntax.ts";

export function loadProblems(transform: Transform, sources: ReadonlyMap<string, Source>): readonly Problem[] {
  const spec = transform.spec as Spec;
  const output = tableOf(transform);
  const columns = output.columns.map(({ name }) => name);
  const [input] = transform.inputs;
  const source = input?.type === "source" ? sources.get(input.name) : undefined;
  const problem = sourceProblem(transform, source);
  return [
    ...(problem ? [problem] : []),
    ...renameProblems(spec, columns),
    ...modeProblems(spec, output),
    ...(spec.mode === "upsert" ? upsertProblems(spec, output, ["mode"]) : []),
    ...classifyProblems(spec, output),
    ...(source?.type === "file" ? fieldProblems(spec, source, output) : []),
    ...rejectsProblems(output),
  ];
}

function sourceProblem(transform: Transform, source: Source | undefined): Problem | undefined {
  const problem = (message: string, index?: number): Problem => ({
    code: notOneFileSource,
    path: index === undefined ? ["inputs"] : ["inputs", index],
    at: "key",
    message,
    hint: 'Give it one input, "- source: NAME", that is declared with "file:" in sources/.',
  });
  const { inputs } = transform;
  if (inputs.length === 0) return problem("a load needs a source of files as its input");
  if (inputs.length > 1) return problem("a load reads one source, and this has several inputs", 1);
  const [input] = inputs;
  if (input?.type !== "source") return problem("a load reads files, not another transform's output", 0);
  // A source that is not there, or broken, has been told of.
  if (source?.type === "table") return problem(`source "${input.name}" is a table, and a load reads files`, 0);
  if (source?.type !== "file" || source.format.type !== "raw") return undefined;
  return {
    ...problem(`source "${input.name}" is of format raw, which only a python transform reads`, 0),
    hint: "Give the source the format that its files have.",
  };
}

const renameProblems = (spec: Spec, columns: readonly string[]): readonly Problem[] =>
  Object.entries(spec.rename ?? {}).flatMap(([header, column]): Problem[] =>
    columns.includes(column)
      ? []
      : [
          {
            code: notAColumn,
            path: ["rename", header],
            message: `"${column}" is not a column of the output`,
            ...suggestion(column, columns),
          },
        ],
  );

/** Keys that belong to another mode. */
function modeProblems(spec: Spec, output: TableOutput): readonly Problem[] {
  const mode = spec.mode ?? "replace";
  const problems = (["keys", "update_columns", "delete_missing"] as const)
    .filter((key) => mode !== "upsert" && spec[key] !== undefined)
    .map((key): Problem => {
      const hint = 'Write "mode: upsert", or remove it.';
      return { code: conflictingKeys, path: [key], at: "key", message: `"${key}" belongs to mode upsert`, hint };
    });
  if (spec.publish !== undefined && mode !== "replace") {
    const message = `"publish" belongs to mode replace: ${mode} changes the table's rows in any case`;
    return [...problems, { code: conflictingKeys, path: ["publish"], at: "key", message, hint: "Remove it." }];
  }
  return [...problems, ...publishProblems(spec.publish, output)];
}

/** Fields of a fixed-width file that no column takes, and columns that no field gives. */
function fieldProblems(spec: Spec, source: FileSource, output: TableOutput): readonly Problem[] {
  if (source.format.type !== "fixed_width") return [];
  const given = source.format.fields.map(({ name }) => spec.rename?.[name] ?? name);
  const classified = new Set(
    (spec.classify ?? []).flatMap(({ match, set = {} }) => [...(groupsOf(match) ?? []), ...Object.keys(set)]),
  );
  const columns = output.columns.map(({ name }) => name);
  const place = { code: notAColumn, path: ["output", "columns"], at: "key" } as const;
  return [
    ...given
      .filter((name) => !columns.includes(name))
      .map((name) => ({
        ...place,
        message: `field "${name}" of source "${source.sourceName}" is not a column of the output`,
        hint: "Declare the column, map it under rename, or take the field out of the source.",
      })),
    ...output.columns
      .filter((column) => column.identity === undefined && column.default === undefined)
      .filter(({ name }) => !given.includes(name) && !classified.has(name))
      .map(({ name }) => ({
        ...place,
        message: `column "${name}" is no field of source "${source.sourceName}"`,
        hint: "Add the field to the source, map it under rename, or let classify fill it.",
      })),
  ];
}

function rejectsProblems(output: TableOutput): readonly Problem[] {
  const { name } = rejectsOf(output);
  if (Buffer.byteLength(name) > 63) {
    const message = `the rejects of ${output.name} would go to ${name}, which is longer than PostgreSQL's 63 bytes`;
    return [{ code: nameTooLong, path: ["output", "table"], message, hint: "Shorten the table's name." }];
  }
  return [];
}
