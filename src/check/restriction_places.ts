import type { Place } from "../project/problem.ts";
import type { Project } from "../project/types.ts";
import { type Relation, restrictionsOn } from "./relations.ts";

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
  const output = transform.outputs.length > 1 ? ["outputs", index] : ["output"];
  return { file: transform.file, path: [...output, said] };
}
