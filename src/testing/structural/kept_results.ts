/** What structural tests found last time, in `.ctf/cache/structural.json`: believed as long as all that it depends on is the same. */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keysOf } from "../../compile/keys.ts";
import type { Unit, Units } from "../../compile/units.ts";
import type { Kinds } from "../../plan/kind.ts";
import { codeVersion, type KeptValues, openKept } from "../../project/kept_file.ts";
import type { Project, Transform } from "../../project/types.ts";
import { packageVersions } from "../../warehouse/embedded/binaries.ts";
import type { StructuralResult } from "./types.ts";

/** `forget`: all of the project's transforms are asked for, so what is not is gone. */
export const openResults = (root: string, forget: boolean): KeptValues<StructuralResult> =>
  openKept(join(root, ".ctf", "cache", "structural.json"), codeVersion(), { forget });

/**
 * For each transform a text that changes with all that its tests depend on: the SQL, the definition, the declarations of what
 * it reads, files among it, the seed, the server. `inputs`: what a transform may read.
 */
export function resultKeys(
  project: Project,
  kinds: Kinds,
  units: Units,
  inputs: (unit: Unit) => readonly { readonly declared: unknown }[],
  seed: number,
): (unit: Unit) => string {
  const context = JSON.stringify([packageVersions[project.postgres], project.variables, seed]);
  const keys = keysOf(units, context);
  const texts = new Map<unknown, string>();
  const textOf = (declared: unknown): string => {
    let text = texts.get(declared);
    if (text === undefined) texts.set(declared, (text = hash("sha256", JSON.stringify(declared), "base64")));
    return text;
  };
  return (unit) => {
    const declared = inputs(unit).map((one) => one.declared);
    const more = unit.transform.codeHolds === undefined ? [beside(project, kinds, unit.transform)] : [];
    return hash("sha256", [keys.get(unit)!.key, ...declared.map(textOf), ...more].join(" "), "base64");
  };
}

/**
 * What a transform without SQL depends on beside its definition: sources of files, and Python with all that it imports, which
 * its plan knows by a checksum.
 */
function beside(project: Project, kinds: Kinds, transform: Transform): string {
  const { kind, inputs, codeFile } = transform;
  const sources = project.sources.filter(({ sourceName }) =>
    inputs.some((input) => input.type === "source" && input.name === sourceName),
  );
  const code = codeFile === undefined ? undefined : { file: codeFile, text: textIn(project.root, codeFile) };
  const context = { project, ...(code && { code: { ...code, line: 1, column: 1 } }) };
  const planned = kinds.get(kind)?.plan(transform, context);
  return JSON.stringify([sources, planned, project.python, textIn(project.root, "requirements.lock")]);
}

function textIn(root: string, file: string): string {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return "";
  }
}
