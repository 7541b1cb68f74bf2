/** What structural tests found last time, in `.ctf/cache/structural.json`: believed as long as all that it depends on is the same. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { keysOf } from "../../compile/keys.ts";
import type { Unit, Units } from "../../compile/units.ts";
import { codeVersion, type KeptValues, openKept } from "../../project/kept_file.ts";
import type { Project } from "../../project/types.ts";
import { packageVersions } from "../../warehouse/embedded/binaries.ts";
import { fileSourceOf } from "./load/test_load.ts";
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
    const { transform } = unit;
    const files = fileSourceOf(project, transform);
    const declared = [...inputs(unit).map((one) => one.declared), ...(files ? [files, transform] : [])];
    return hash("sha256", [keys.get(unit)!.key, ...declared.map(textOf)].join(" "), "base64");
  };
}
