/** Which outputs a definition has, and whether its kind can make them. */
import type * as z from "zod";
import { nearest } from "../../diagnostics/nearest.ts";
import { missingKey, unknownKey, wrongOutput, wrongType } from "../codes/definition_codes.ts";
import type { KindSyntax } from "../kind_syntax.ts";
import type { Path, Problem } from "../problem.ts";
import { fileOutput, functionOutput, outputSyntaxes, tableOutput, viewOutput } from "../syntax/outputs.ts";
import type { restrictions } from "../syntax/restrictions.ts";
import type { Output } from "../types.ts";
import { describe, isMapping, quoted } from "../words.ts";
import { explain } from "./explain.ts";
import { readFile, readFunction, type ReadOutput, readTable, readView } from "./outputs.ts";
import { restrictionProblems } from "./restrictions.ts";

export interface Outputs {
  readonly outputs: readonly Output[];
  readonly problems: readonly Problem[];
}

export function readOutputs(value: Readonly<Record<string, unknown>>, kind: KindSyntax): Outputs {
  const problems: Problem[] = [];
  const outputs: Output[] = [];
  const take = (raw: unknown, path: Path) => {
    const read = readOutput(raw, path, kind);
    problems.push(...read.problems);
    if (read.output) outputs.push(read.output);
  };
  const makes = kind.outputs.join(" or ");
  const both = value["output"] !== undefined && value["outputs"] !== undefined;
  if (both || (value["outputs"] !== undefined && !kind.severalOutputs)) {
    problems.push({
      code: wrongOutput,
      path: ["outputs"],
      at: "key",
      message: both ? '"output" and "outputs" exclude each other' : `a transform of kind ${kind.name} has one output`,
      hint: both ? "Keep one of them." : 'Write it under "output:".',
    });
  } else if (Array.isArray(value["outputs"])) {
    value["outputs"].forEach((raw, i) => take(raw, ["outputs", i]));
  } else if (value["outputs"] !== undefined) {
    problems.push({
      code: wrongType,
      path: ["outputs"],
      message: `"outputs" must be a list, not ${describe(value["outputs"])}`,
    });
  } else if (value["output"] !== undefined) {
    take(value["output"], ["output"]);
  } else {
    const several = kind.severalOutputs ? ', or "outputs:" with a list' : "";
    problems.push({
      code: wrongOutput,
      path: [],
      message: "the definition has no output",
      hint: `Add "output:" with a ${makes}${several}.`,
    });
  }
  return { outputs, problems };
}

function readOutput(raw: unknown, path: Path, kind: KindSyntax): ReadOutput {
  if (!isMapping(raw)) {
    return {
      problems: [{ code: wrongType, path, message: `an output must be keys with values, not ${describe(raw)}` }],
    };
  }
  const possible = kind.outputs.map((type) => `"${type}:"`).join(" or ");
  const types = (Object.keys(outputSyntaxes) as Output["type"][]).filter((type) => Object.hasOwn(raw, type));
  const [type] = types;
  if (type === undefined) {
    // A misspelt `table:` is one mistake, and no reason not to look at the rest.
    for (const key of Object.keys(raw)) {
      const meant = nearest(key, kind.outputs) as Output["type"] | undefined;
      if (meant === undefined) continue;
      const { [key]: name, ...rest } = raw;
      const typo: Problem = {
        code: unknownKey,
        path: [...path, key],
        at: "key",
        message: `unknown key ${quoted(key)} in "output"`,
        hint: `Did you mean ${quoted(meant)}?`,
        replaceWith: meant,
      };
      return { problems: [typo, ...readOutput({ [meant]: name, ...rest }, path, kind).problems] };
    }
  }
  if (type === undefined || types.length > 1) {
    const message =
      type === undefined ? "the output does not say what it is" : `an output is one thing, not ${types.join(" and ")}`;
    return { problems: [{ code: wrongOutput, path, message, hint: `Give it one of ${possible} with its name.` }] };
  }
  if (!kind.outputs.includes(type)) {
    const message = `a transform of kind ${kind.name} can't make a ${type}`;
    return {
      problems: [{ code: wrongOutput, path: [...path, type], at: "key", message, hint: `It makes ${possible}.` }],
    };
  }
  const read = OUTPUT_READERS[type](raw, path);
  const free = kind.columnsOptional || read.output?.type === "file";
  if (free || !read.output || !("columns" in read.output) || read.output.columns.length > 0) return read;
  const missing: Problem = {
    code: missingKey,
    path: [...path, "columns"],
    message: '"columns" is missing in "output"',
    hint: 'Add "columns:" with a name and a type for each column of the result.',
  };
  return { ...read, problems: [...read.problems, missing] };
}

const OUTPUT_READERS: Readonly<Record<Output["type"], (raw: unknown, path: Path) => ReadOutput>> = {
  table: checked(tableOutput, readTable),
  view: checked(viewOutput, readView),
  function: checked(functionOutput, readFunction),
  file: checked(fileOutput, readFile),
};

function checked<S extends z.ZodObject<typeof restrictions>>(
  schema: S,
  read: (raw: z.infer<S>, path: Path) => ReadOutput,
) {
  return (value: unknown, path: Path): ReadOutput => {
    const result = schema.safeParse(value);
    if (!result.success) return { problems: explain(schema, result.error.issues, value, path) };
    const made = read(result.data, path);
    return { ...made, problems: [...made.problems, ...restrictionProblems(result.data, path)] };
  };
}
