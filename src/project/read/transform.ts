/** A transform's YAML → its definition, with everything that can be said without other files. */
import * as z from "zod";
import { badValue, missingKey, unknownKey, unknownKind, wrongType } from "../codes/definition_codes.ts";
import { defined, type InputDefinition, type Interpreted, type TransformDefinition } from "../definitions.ts";
import type { KindSyntax, KindSyntaxes } from "../kind_syntax.ts";
import type { Problem } from "../problem.ts";
import { suggestion } from "../suggestion.ts";
import { tableOutput } from "../syntax/outputs.ts";
import { common, commonLoose, type RawInput, type RawMonitor, type RawTransform } from "../syntax/transform_file.ts";
import type { Monitor } from "../types.ts";
import { describe, isMapping, quoted } from "../words.ts";
import { explain, withoutFaults } from "./explain.ts";
import { type Outputs, readOutputs } from "./transform_outputs.ts";
import { executionOf, executionProblems } from "./values.ts";

interface WholeSyntax {
  readonly kind: KindSyntax;
  /** The common keys and the kind's own, and no others. */
  readonly schema: z.ZodObject;
  readonly ownKeys: readonly string[];
}

/** The syntax of all kinds, put together once for a whole load. */
export type TransformSyntax = ReadonlyMap<string, WholeSyntax>;

export async function transformSyntax(kinds: KindSyntaxes): Promise<TransformSyntax> {
  const entries = [...kinds.values()].map(async (kind) => {
    const own = await kind.schema();
    const schema = z.strictObject({ ...common, ...own.shape });
    return [kind.name, { kind, schema, ownKeys: Object.keys(own.shape) }] as const;
  });
  return new Map(await Promise.all(entries));
}

export function readTransform(value: unknown, syntax: TransformSyntax): Interpreted<TransformDefinition> {
  if (!isMapping(value)) {
    return {
      problems: [
        { code: wrongType, path: [], message: `a definition must be keys with values, not ${describe(value)}` },
      ],
    };
  }
  const whole = typeof value["kind"] === "string" ? syntax.get(value["kind"]) : undefined;
  if (!whole) return { problems: withoutKind(value, syntax) };

  const { kind, schema } = whole;
  const outputs = readOutputs(value, kind);
  const result = schema.safeParse(value);
  if (result.success) return interpret(result.data as RawTransform, whole, outputs);

  const shape = explain(schema, result.error.issues, value).map(aboutPlace);
  const rest = schema.safeParse(withoutFaults(value, result.error.issues));
  if (!rest.success) return { problems: [...shape, ...outputs.problems] };
  const { definition, problems } = interpret(rest.data as RawTransform, whole, outputs);
  return { ...(definition && { definition }), problems: [...shape, ...problems] };
}

function interpret(
  raw: RawTransform,
  { kind, ownKeys }: WholeSyntax,
  outputs: Outputs,
): Interpreted<TransformDefinition> {
  const inputs = (raw.inputs ?? []).map(inputOf);
  const problems = [
    ...outputs.problems,
    ...executionProblems(raw),
    ...inputProblems(raw.inputs),
    ...monitorProblems(raw.monitors),
  ];
  const code = kind.code && raw[kind.code.key];
  const definition = defined<TransformDefinition>({
    kind: kind.name,
    description: raw.description,
    owners: raw.owners,
    // Inputs are placed by their number, so a list with a gap can't be looked up.
    inputs: inputs.every((input) => input !== undefined) ? inputs : [],
    outputs: outputs.outputs,
    monitors: (raw.monitors ?? []).map(monitorOf),
    ...executionOf(raw),
    code: typeof code === "string" ? code : undefined,
    spec: Object.fromEntries(ownKeys.filter((key) => raw[key] !== undefined).map((key) => [key, raw[key]])),
  });
  return { definition, problems };
}

/** Keys of an output are easily written one level too high. */
function aboutPlace(problem: Problem): Problem {
  const [key] = problem.path;
  const misplaced = problem.code === unknownKey && problem.path.length === 1 && Object.hasOwn(tableOutput.shape, key!);
  if (!misplaced) return problem;
  const { replaceWith: _, ...rest } = problem;
  return { ...rest, hint: `It belongs to the output: move it under "output:".` };
}

function withoutKind(value: Readonly<Record<string, unknown>>, syntax: TransformSyntax): readonly Problem[] {
  const result = commonLoose.safeParse(value);
  const others = result.success ? [] : explain(commonLoose, result.error.issues, value);
  const { kind } = value;
  const names = [...syntax.keys()];
  if (kind === undefined) {
    return others.map((p) =>
      p.code === missingKey && p.path.length === 1 ? { ...p, hint: `Add "kind:" – one of ${names.join(", ")}.` } : p,
    );
  }
  if (typeof kind !== "string") return others;
  return [
    { code: unknownKind, path: ["kind"], message: `there is no kind ${quoted(kind)}`, ...suggestion(kind, names) },
    ...others,
  ];
}

function inputOf(raw: RawInput): InputDefinition | undefined {
  if (raw.source !== undefined) return { source: raw.source };
  if (raw.transform === undefined) return undefined;
  return defined<InputDefinition>({ transform: raw.transform, pipeline: raw.pipeline });
}

function inputProblems(inputs: readonly RawInput[] | undefined): readonly Problem[] {
  return (inputs ?? []).flatMap((input, i) => {
    const path = ["inputs", i];
    if (input.source !== undefined && (input.transform !== undefined || input.pipeline !== undefined)) {
      const message = "an input is a transform or a source, not both";
      return [{ code: badValue, path, message, hint: "Make two entries of it." }];
    }
    if (input.source === undefined && input.transform === undefined) {
      const message =
        input.pipeline === undefined
          ? "an input is empty"
          : `an input names pipeline ${quoted(input.pipeline)} but no transform`;
      return [{ code: badValue, path, message, hint: 'Write "- transform: NAME" or "- source: NAME".' }];
    }
    return [];
  });
}

function monitorOf(raw: RawMonitor): Monitor {
  const { min, max, change } = raw.row_count;
  const share = typeof change === "string" ? Number(change.slice(0, -1)) / 100 : change;
  return defined<Monitor>({ type: "row_count", min, max, change: share });
}

function monitorProblems(monitors: readonly RawMonitor[] | undefined): readonly Problem[] {
  return (monitors ?? []).flatMap(({ row_count: { min, max, change } }, i) => {
    const path = ["monitors", i, "row_count"];
    if (min === undefined && max === undefined && change === undefined) {
      return [{ code: badValue, path, message: '"row_count" says nothing', hint: "Give it min, max or change." }];
    }
    if (min !== undefined && max !== undefined && min > max) {
      return [
        {
          code: badValue,
          path: [...path, "max"],
          message: `"max" (${max}) is less than "min" (${min})`,
          hint: "Swap them.",
        },
      ];
    }
    return [];
  });
}
