/** Outputs and sources that stand in each other's way. */
import { duplicateOutput, duplicateSource } from "./codes/input_codes.ts";
import { outputPath } from "./output_path.ts";
import type { Finding, Place, Problem } from "./problem.ts";
import { type Output, outputText, type Source, tableText, type Transform } from "./types.ts";

/** Tables and views share their names in a schema; functions may differ in their arguments. */
function outputKey(output: Output): string {
  if (output.type === "file") return `file ${output.path}`;
  if (output.type === "function") return `function ${tableText(output)}(${output.arguments?.join(", ") ?? ""})`;
  return relationKey(output);
}

const relationKey = (relation: { readonly schema: string; readonly name: string }): string =>
  `relation ${relation.schema}\0${relation.name}`;

interface Maker {
  readonly transform: Transform;
  readonly place: Place;
}

/** Outputs that two transforms make, or one of them twice, or that are declared as a source. */
export function duplicateOutputs(transforms: readonly Transform[], sources: readonly Source[]): readonly Finding[] {
  const findings: Finding[] = [];
  const makers = new Map<string, Maker>();
  const tables = new Map(sources.flatMap((s) => (s.type === "table" ? [[relationKey(s), s] as const] : [])));
  for (const transform of transforms) {
    transform.outputs.forEach((output, i) => {
      const key = outputKey(output);
      const place = placeOf(transform, i);
      const maker = makers.get(key);
      const source = tables.get(key);
      if (!maker) makers.set(key, { transform, place });
      const words = maker ? alsoMade(output, maker) : source ? declaredAsSource(output, source) : undefined;
      if (!words) return;
      const problem = { code: duplicateOutput, ...place, ...words };
      findings.push({ file: transform.file, transform: transform.id, problem });
    });
  }
  return findings;
}

type Words = Pick<Problem, "message" | "labels" | "hint">;

const alsoMade = (output: Output, { transform, place }: Maker): Words => ({
  message: `${outputText(output)} is already made by ${transform.id}`,
  labels: [{ ...place, file: transform.file, message: "made here" }],
  hint: "Give one of them another name, or remove it.",
});

const declaredAsSource = (output: Output, { sourceName, file, entry }: Source): Words => ({
  message: `${outputText(output)} is declared as source "${sourceName}", which CTF does not build`,
  labels: [{ path: ["sources", entry], file, message: "declared here" }],
  hint: "Remove the source and read the transform instead, or give the output another name.",
});

/** Where a transform names its output. */
function placeOf(transform: Transform, index: number): Place {
  return { path: [...outputPath(transform, index), transform.outputs[index]!.type] };
}

/** Sources of the same name, or of the same table. */
export function duplicateSources(sources: readonly Source[]): readonly Finding[] {
  const names = new Map<string, Source>();
  const tables = new Map<string, Source>();
  return sources.flatMap((source) => {
    const table = source.type === "table" ? relationKey(source) : undefined;
    const sameName = names.get(source.sourceName);
    const sameTable = table === undefined ? undefined : tables.get(table);
    if (!sameName) names.set(source.sourceName, source);
    if (table !== undefined && !sameTable) tables.set(table, source);
    const first = sameName ?? sameTable;
    if (!first) return [];
    const key = sameName ? "name" : "table";
    const message = sameName
      ? `there is already a source "${source.sourceName}"`
      : `source "${first.sourceName}" already names the same table`;
    return [
      {
        file: source.file,
        problem: {
          code: duplicateSource,
          path: ["sources", source.entry, key],
          message,
          labels: [{ path: ["sources", first.entry, key], file: first.file, message: "first here" }],
          hint: sameName ? "Rename one of them, or remove it." : "Remove one of them.",
        },
      },
    ];
  });
}
