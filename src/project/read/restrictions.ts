/** `visibility`, `readers` and `deprecated` of an output or a source. */
import { conflictingKeys } from "../codes/definition_codes.ts";
import { defined } from "../definitions.ts";
import type { Path, Problem } from "../problem.ts";
import type { RawRestrictions } from "../syntax/restrictions.ts";
import type { Deprecation, Output, Restrictions, Visibility } from "../types.ts";

/** What was said, or nothing. A list of readers alone shuts everybody else out. */
export function restrictionsOf(raw: RawRestrictions): Restrictions | undefined {
  if (raw.visibility === undefined && raw.readers === undefined && raw.deprecated === undefined) return undefined;
  return defined<Restrictions>({
    visibility: raw.visibility ?? (raw.readers && "pipeline"),
    readers: raw.readers,
    deprecated: raw.deprecated && defined<Deprecation>({ since: raw.deprecated.since, use: raw.deprecated.use }),
  });
}

export function restrictionProblems(raw: RawRestrictions, path: Path): readonly Problem[] {
  if (raw.readers === undefined || raw.visibility === undefined || raw.visibility === "pipeline") return [];
  const who = raw.visibility === "public" ? "everybody" : "nobody else";
  return [
    {
      code: conflictingKeys,
      path: [...path, "readers"],
      at: "key",
      message: `"visibility: ${raw.visibility}" lets ${who} read it, but "readers" names some pipelines`,
      hint: 'Remove "readers", or write "visibility: pipeline".',
    },
  ];
}

/** Outputs that don't say who may read them take it from their pipeline, or else the project. */
export function withVisibility(
  outputs: readonly Output[],
  pipeline: Visibility | undefined,
  project: Visibility | undefined,
): readonly Output[] {
  const visibility = pipeline ?? project;
  if (visibility === undefined) return outputs;
  const by = pipeline === undefined ? "project" : "pipeline";
  return outputs.map((output) =>
    output.restrictions?.visibility === undefined
      ? { ...output, restrictions: { ...output.restrictions, visibility, by } }
      : output,
  );
}
