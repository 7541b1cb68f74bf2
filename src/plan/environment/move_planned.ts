/** A whole plan, moved into an environment: what it makes itself is there for those that read it. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Code, type Output, tableText, type TableName, type Transform } from "../../project/types.ts";
import { loadParser } from "../../sql/parser.ts";
import { madeIn, type Made } from "../../sql/move/made.ts";
import { codeVersionOf } from "../code_version.ts";
import type { Action, PlannedTransform, Rows } from "../types.ts";
import { notBuiltHere } from "./codes.ts";
import { isSomewhere, readFrom, withMade, type Environment, type Question } from "./environment.ts";
import { moverFor } from "./in_environment.ts";

export interface Surroundings {
  readonly question: Question;
  /** The answer: what there is, as `Environment` has it. */
  readonly there: Iterable<string>;
}

export async function movePlanned(
  planned: readonly PlannedTransform[],
  transforms: ReadonlyMap<string, Transform>,
  surroundings: Surroundings,
): Promise<{ readonly planned: readonly PlannedTransform[]; readonly diagnostics: readonly Diagnostic[] }> {
  await loadParser();
  const environment = environmentFor(planned, surroundings);
  const mover = moverFor(environment);
  const writesOnlyIn = [...environment.schemas].map((schema) => environment.prefix + schema);
  const diagnostics: Diagnostic[] = [];
  const moved = planned.flatMap((one): readonly PlannedTransform[] => {
    const action = mover.action(one.action, transforms.get(one.id)!);
    if (!("type" in action)) {
      diagnostics.push(...action.map((diagnostic) => ({ ...diagnostic, transform: one.id })));
      return [];
    }
    // Planned all the same, for those who only look.
    diagnostics.push(...missingInputs(environment, transforms.get(one.id)!, transforms));
    const reads = one.reads.map((table) => readFrom(environment, table));
    const referencedBy = mover.referencedBy(one.referencedBy);
    return [{ ...one, action, reads, referencedBy, writesOnlyIn, codeVersion: codeVersionOf(action) }];
  });
  return { planned: moved, diagnostics };
}

/** Tables and views that are to be read and that nobody has built. */
function missingInputs(
  environment: Environment,
  { id, file, inputs }: Transform,
  transforms: ReadonlyMap<string, Transform>,
): readonly Diagnostic[] {
  const from = environment.lookIn.map(({ target }) => target);
  return inputs.flatMap((input) => {
    if (input.type !== "transform" || input.id === id) return [];
    const outputs = (transforms.get(input.id)?.outputs ?? []).flatMap((output) =>
      (output.type === "table" || output.type === "view") && !isSomewhere(environment, output)
        ? [tableText(output)]
        : [],
    );
    if (outputs.length === 0) return [];
    return [
      notBuiltHere({
        message: `${id} reads ${outputs.join(", ")}, which ${input.id} has not built ${from.length === 1 ? "" : "yet, neither "}on ${from.join(" nor on ")}`,
        span: { file },
        hint: `Run ${input.id} there first, or with it (--upstream)${from.length === 1 ? '; or give the target a "defer:" in ctf.yaml' : ""}.`,
        transform: id,
      }),
    ];
  });
}

/** The environment as the plan will find it, and leave it. */
function environmentFor(planned: readonly PlannedTransform[], { question, there }: Surroundings): Environment {
  const actions = planned.map(({ action }) => action);
  const outputs = actions.flatMap(outputsOf);
  const made = [
    ...outputs.flatMap((output): readonly Made[] => {
      if (output.type === "file") return [];
      return output.type === "function" ? [named("function", output)] : relation(output);
    }),
    ...actions.flatMap((action) => ("rows" in action ? besides(action.rows).flatMap(relation) : [])),
    ...actions.flatMap((action) => (action.type === "run_statements" ? action.statements.flatMap(madeBy) : [])),
  ];
  const files = outputs.flatMap((output) => (output.type === "file" ? [output.path] : []));
  return withMade(question, there, made, files);
}

function outputsOf(action: Action): readonly Output[] {
  // What another makes is where that one puts it.
  if (action.type === "verify_outputs") return [];
  return "output" in action ? [action.output] : action.outputs;
}

/** Tables that are made beside the output. */
function besides(rows: Rows): readonly TableName[] {
  if (rows.type === "files") return [rows.rejects];
  if (rows.type !== "documents") return [];
  return [rows.rejects, rows.seen, ...(rows.questions ? [rows.questions] : [])];
}

const named = (what: Made["what"], { schema, name }: TableName): Made => ({ what, schema, name });

const madeBy = (code: Code): readonly Made[] =>
  madeIn(code).flatMap((one) => (one.what === "relation" ? relation(one) : [one]));

/** A table's rows are a type as well. */
const relation = (table: TableName): readonly Made[] => [named("relation", table), named("type", table)];
