/** Which transforms a difference asks to be run. */
import { buildGraph, reach } from "../graph/graph.ts";
import type { Project } from "../project/types.ts";
import type { Difference, Entry } from "./types.ts";

/** It makes something else than before, or what it made is not known. */
const isToRun = ({ what, status, changes, unreadable }: Entry): boolean =>
  what === "transform" &&
  unreadable !== "now" &&
  (status === "added" ||
    unreadable === "before" ||
    changes.some(({ area }) => area === "logic" || area === "contract")) &&
  status !== "removed";

/** Those that are new or changed in logic or contract. */
export const changedTransforms = ({ entries }: Difference): readonly string[] =>
  entries.filter(isToRun).map(({ name }) => name);

/** With all that follows from them, in any pipeline. */
export const withDownstream = (project: Project, ids: readonly string[]): readonly string[] => [
  ...reach(buildGraph(project).downstream, ids),
];

/** The pipelines of what changed, and those that follow from it. */
export function pipelinesToRun(
  project: Project,
  difference: Difference,
): { readonly changed: readonly string[]; readonly following: readonly string[] } {
  const ids = changedTransforms(difference);
  const pipelineOf = new Map(project.transforms.map(({ id, pipeline }) => [id, pipeline]));
  const pipelines = (some: Iterable<string>) => new Set([...some].flatMap((id) => pipelineOf.get(id) ?? []));
  const changed = pipelines(ids);
  const following = pipelines(withDownstream(project, ids));
  return { changed: [...changed].sort(), following: [...following].filter((name) => !changed.has(name)).sort() };
}
