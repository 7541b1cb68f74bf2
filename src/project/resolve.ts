/** Definitions of all files → the project: names are looked up, defaults filled in, and what contradicts another file is told. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { nearest } from "../diagnostics/nearest.ts";
import { missingCodeFile } from "./codes/file_codes.ts";
import { duplicateInput, selfInput, unknownInput } from "./codes/input_codes.ts";
import {
  type CtfDefinition,
  defined,
  type InputDefinition,
  type PipelineDefinition,
  type TransformDefinition,
} from "./definitions.ts";
import type { PipelineFolder } from "./discover.ts";
import type { KindSyntax } from "./kind_syntax.ts";
import type { Problem } from "./problem.ts";
import { withVisibility } from "./read/restrictions.ts";
import { mergeGrants } from "./read/values.ts";
import { suggestion } from "./suggestion.ts";
import type { Input, Output, Transform } from "./types.ts";
import { quoted } from "./words.ts";

/** All names that an input can have, those of broken definitions too: their readers get no follow-up errors. */
export interface KnownNames {
  readonly transforms: ReadonlySet<string>;
  readonly pipelines: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
}

export interface TransformToResolve {
  readonly name: string;
  readonly file: string;
  readonly definition: TransformDefinition;
  readonly kind: KindSyntax;
  readonly folder: PipelineFolder;
  readonly pipeline: PipelineDefinition;
}

const DEFAULTS = { retries: 2, publishWaitMs: 600_000, snapshotWaitMs: 30_000, keepPrevious: false } as const;

export function resolveTransform(
  from: TransformToResolve,
  ctf: CtfDefinition,
  known: KnownNames,
  root: string,
): { readonly transform: Transform; readonly problems: readonly Problem[] } {
  const { definition, pipeline, folder, name, file } = from;
  const id = `${folder.name}.${name}`;
  const problems: Problem[] = [];
  const inputs = definition.inputs.map((input, i) => {
    const resolved = inputOf(input, folder.name);
    const problem = inputProblem(input, resolved, i, from, id, known);
    if (problem) problems.push(problem);
    return resolved;
  });
  problems.push(...repeatedInputs(inputs));

  const codeFile = codeFileOf(from);
  if (codeFile !== undefined && !isThere(codeFile, folder, root)) problems.push(missingCode(codeFile, from));

  const executions = [ctf.defaults, pipeline.defaults, definition];
  const pick = <K extends keyof typeof DEFAULTS | "timeoutMs">(key: K) =>
    definition[key] ?? pipeline.defaults[key] ?? ctf.defaults[key];
  const transform = defined<Transform>({
    id,
    pipeline: folder.name,
    name,
    file,
    kind: definition.kind,
    description: definition.description,
    owners: definition.owners ?? pipeline.owners ?? ctf.owners,
    inputs,
    outputs: withVisibility(withGrants(definition.outputs, ctf, pipeline), pipeline.visibility, ctf.visibility),
    monitors: definition.monitors,
    settings: executions.some((e) => e.settings)
      ? Object.assign({}, ...executions.map((e) => e.settings))
      : NO_SETTINGS,
    retries: pick("retries") ?? DEFAULTS.retries,
    timeoutMs: pick("timeoutMs"),
    publishWaitMs: pick("publishWaitMs") ?? DEFAULTS.publishWaitMs,
    snapshotWaitMs: pick("snapshotWaitMs") ?? DEFAULTS.snapshotWaitMs,
    keepPrevious: pick("keepPrevious") ?? DEFAULTS.keepPrevious,
    codeFile,
    codeHolds: from.kind.code?.holds,
    madeElsewhere: from.kind.madeElsewhere,
    spec: definition.spec,
  });
  for (const { file: named, path } of from.kind.files?.(transform) ?? []) {
    if (isThere(named, folder, root)) continue;
    problems.push({
      code: missingCodeFile,
      path,
      message: `${named} is not there`,
      hint: "Paths begin in the definition's own folder.",
    });
  }
  return { transform, problems };
}

const NO_SETTINGS: Transform["settings"] = {};

function withGrants(outputs: readonly Output[], ctf: CtfDefinition, pipeline: PipelineDefinition): readonly Output[] {
  if (ctf.grants.length === 0 && pipeline.grants.length === 0) return outputs;
  return outputs.map((output) =>
    "grants" in output ? { ...output, grants: mergeGrants(ctf.grants, pipeline.grants, output.grants) } : output,
  );
}

// Inputs

const inputOf = (input: InputDefinition, pipeline: string): Input =>
  "source" in input
    ? { type: "source", name: input.source }
    : { type: "transform", id: `${input.pipeline ?? pipeline}.${input.transform}` };

function inputProblem(
  input: InputDefinition,
  resolved: Input,
  index: number,
  from: TransformToResolve,
  id: string,
  known: KnownNames,
): Problem | undefined {
  const path = ["inputs", index] as const;
  if ("source" in input) {
    if (known.sources.has(input.source)) return undefined;
    return {
      code: unknownInput,
      path: [...path, "source"],
      message: `there is no source ${quoted(input.source)}`,
      ...sourceHint(input.source, from, known),
    };
  }
  if (resolved.type === "transform" && resolved.id === id) {
    if (from.kind.mayReadItself) return undefined;
    return {
      code: selfInput,
      path: [...path, "transform"],
      message: `${id} names itself among its inputs`,
      hint: `Remove the input: a transform of kind ${from.kind.name} is built anew each time.`,
    };
  }
  if (resolved.type === "transform" && known.transforms.has(resolved.id)) return undefined;
  const { transform, pipeline } = input;
  if (pipeline !== undefined && !known.pipelines.has(pipeline)) {
    return {
      code: unknownInput,
      path: [...path, "pipeline"],
      message: `there is no pipeline ${quoted(pipeline)}`,
      ...suggestion(pipeline, known.pipelines, "A pipeline is a folder under pipelines/."),
    };
  }
  const where = pipeline ?? from.folder.name;
  return {
    code: unknownInput,
    path: [...path, "transform"],
    message: `there is no transform ${quoted(transform)} in pipeline ${where}`,
    ...transformHint(transform, where, known),
  };
}

function sourceHint(name: string, from: TransformToResolve, known: KnownNames): Pick<Problem, "hint" | "replaceWith"> {
  if (known.transforms.has(`${from.folder.name}.${name}`))
    return { hint: `It is a transform: write "- transform: ${name}".` };
  return suggestion(name, known.sources, "Declare it in sources/, or correct the name.");
}

function transformHint(name: string, pipeline: string, known: KnownNames): Pick<Problem, "hint" | "replaceWith"> {
  if (known.sources.has(name)) return { hint: `It is a source: write "- source: ${name}".` };
  if (known.transforms.has(name)) {
    const [other, own] = name.split(".");
    return { hint: `Write "pipeline: ${other}" and "transform: ${own}".` };
  }
  const elsewhere = [...known.pipelines].find((other) => known.transforms.has(`${other}.${name}`));
  if (elsewhere !== undefined)
    return { hint: `It is in pipeline ${elsewhere}: add "pipeline: ${elsewhere}" beside it.` };
  const prefix = `${pipeline}.`;
  const here = [...known.transforms].flatMap((id) => (id.startsWith(prefix) ? [id.slice(prefix.length)] : []));
  return suggestion(name, here, '"ctf ls" lists what there is.');
}

function repeatedInputs(inputs: readonly Input[]): readonly Problem[] {
  if (inputs.length < 2) return [];
  const key = (input: Input) => (input.type === "transform" ? `transform ${input.id}` : `source ${input.name}`);
  const keys = inputs.map(key);
  return keys.flatMap((one, i) => {
    const first = keys.indexOf(one);
    if (first === i) return [];
    return [
      {
        code: duplicateInput,
        path: ["inputs", i],
        message: `${one} is already among the inputs`,
        labels: [{ path: ["inputs", first], message: "first here" }],
        hint: "Remove one of them, or correct its name.",
      },
    ];
  });
}

// Code files

/** The file beside the definition, from the project's root. */
function codeFileOf({ definition, folder, kind, name }: TransformToResolve): string | undefined {
  if (!kind.code) return undefined;
  return posix.join(folder.folder, definition.code ?? `${name}${kind.code.extension}`);
}

function isThere(file: string, folder: PipelineFolder, root: string): boolean {
  const own = `${folder.folder}/`;
  const beside = file.startsWith(own) ? file.slice(own.length) : undefined;
  if (beside !== undefined && !beside.includes("/")) return folder.entries.has(beside);
  return !file.startsWith("../") && existsSync(join(root, file));
}

function missingCode(file: string, { definition, kind, folder }: TransformToResolve): Problem {
  const { key, extension } = kind.code!;
  const wanted = posix.basename(file);
  const near = nearest(
    wanted,
    [...folder.entries].filter((entry) => entry.endsWith(extension)),
  );
  return {
    code: missingCodeFile,
    path: definition.code === undefined ? [] : [key],
    message: `${file} is not there`,
    hint:
      near === undefined
        ? `Write it beside the definition, or name another file with "${key}:".`
        : `There is ${folder.folder}/${near}: rename it, or write "${key}: ${near}".`,
    ...(near !== undefined && definition.code !== undefined && { replaceWith: near }),
  };
}
