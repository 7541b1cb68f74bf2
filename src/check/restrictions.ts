/** Who may read an output or a source, where that is declared, and whom to ask. */
import { outputPath } from "../project/output_path.ts";
import type { Place } from "../project/problem.ts";
import type { Project, Transform } from "../project/types.ts";
import { isOwn, ownersOf, type Relation, restrictionsOn } from "./relations.ts";

/** Whether somebody else's table is closed to this transform. */
export function isShut(relation: Relation, transform: Transform): boolean {
  const { visibility = "public", readers = [] } = restrictionsOn(relation) ?? {};
  if (visibility === "public" || isOwn(relation, transform)) return false;
  if (visibility === "private") return true;
  const home = "transform" in relation ? relation.transform.pipeline : undefined;
  return transform.pipeline !== home && !readers.includes(transform.pipeline);
}

/** Whom to ask. */
export function wayOut(relation: Relation, { pipeline }: Transform): string {
  const owners = ownersOf(relation);
  const { visibility } = restrictionsOn(relation)!;
  const ask = owners.length > 0 ? `Ask ${owners.join(", ")}` : "Ask whoever answers for it";
  return visibility === "private"
    ? `${ask} what to read instead.`
    : `${ask} to add "${pipeline}" to its "readers:", or read something else.`;
}

/** Where an output or a source says one of its restrictions, or whose default that is. */
export function declaredAt(
  relation: Relation,
  project: Project,
  key: "visibility" | "deprecated",
): Place & { readonly file: string } {
  const restrictions = restrictionsOn(relation);
  // A list of readers says the visibility, too.
  const said = key === "visibility" && restrictions?.readers ? "readers" : key;
  if ("source" in relation) {
    const { file, entry } = relation.source;
    return { file, path: ["sources", entry, said] };
  }
  const { transform, index } = relation;
  if (key === "visibility" && restrictions?.by !== undefined) {
    const pipeline = project.pipelines.find(({ name }) => name === transform.pipeline);
    const file = restrictions.by === "pipeline" && pipeline ? pipeline.file : "ctf.yaml";
    return { file, path: ["defaults", "visibility"] };
  }
  return { file: transform.file, path: [...outputPath(transform, index), said] };
}
