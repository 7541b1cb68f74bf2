/** Names of pipelines and transforms from the folders alone: completion can't wait for definitions to be read. */
import { relative, sep } from "node:path";
import { discover } from "../../project/discover.ts";

export const pipelineNames = (root: string): readonly string[] => discover(root).pipelines.map((p) => p.name);

/** Short names in the pipeline that is named or stood in; `pipeline.transform` for all where there is none, or once a dot is typed. */
export function transformNames(
  root: string,
  { cwd, pipeline, begun }: { readonly cwd: string; readonly pipeline?: string; readonly begun: string },
): readonly string[] {
  const { pipelines } = discover(root);
  const [top, stoodIn] = relative(root, cwd).split(sep);
  const here = pipeline ?? (top === "pipelines" ? stoodIn : undefined);
  const short = pipelines.find((p) => p.name === here)?.definitions.map((d) => d.name) ?? [];
  if (pipeline !== undefined || (short.length > 0 && !begun.includes("."))) return short;
  return pipelines.flatMap((p) => p.definitions.map((d) => `${p.name}.${d.name}`));
}
