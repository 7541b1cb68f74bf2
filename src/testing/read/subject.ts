/** What a test runs: the transform beside whose definition it lies, a piece of its SQL, or a pipeline. */
import { posix } from "node:path";
import { buildGraph } from "../../graph/graph.ts";
import { select } from "../../graph/select.ts";
import type { Path, Problem } from "../../project/problem.ts";
import type { Project, Transform } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { impossibleTest, unknownInTest } from "../codes.ts";
import type { Subject } from "../types.ts";
import type { RawTest } from "./syntax.ts";

const ENDING = ".test.yaml";

/** Where a transform's tests are looked for: `NAME.test.yaml`, or `NAME.anything.test.yaml`. */
function transformOf(project: Project, file: string): Transform | undefined {
  const pipeline = posix.basename(posix.dirname(file));
  const name = nameIn(file);
  return project.transforms.find((one) => one.pipeline === pipeline && one.name === name);
}

/** What a file of tests is called after. */
export const nameIn = (file: string): string => posix.basename(file, ENDING).split(".")[0]!;

export function subjectOf(project: Project, file: string, raw: RawTest, path: Path): Subject | Problem {
  if (raw.run) return pipelineOf(project, raw.run, raw, [...path, "run"]);
  const transform = transformOf(project, file);
  if (!transform) {
    const pipeline = posix.basename(posix.dirname(file));
    const names = project.transforms.filter((one) => one.pipeline === pipeline).map(({ name }) => name);
    return {
      code: unknownInTest,
      path: [...path, "name"],
      message: `the file is called after ${nameIn(file)}, and pipeline ${pipeline} has no such transform without errors`,
      ...onlyHint(suggestion(nameIn(file), names)),
    };
  }
  if (transform.madeElsewhere) {
    const message = `${transform.id} makes nothing itself, so there is nothing to test`;
    return { code: impossibleTest, path: [...path, "name"], message };
  }
  if (raw.at === undefined) return { type: "transform", transform };
  if (transform.codeHolds) return { type: "piece", transform, selector: raw.at, place: { file } };
  const message = `${transform.id} has no SQL to take a piece of`;
  return { code: impossibleTest, path: [...path, "at"], at: "key", message };
}

/** The name is that of a file: nothing in the text can be replaced. */
const onlyHint = ({ hint }: { readonly hint?: string }) => (hint === undefined ? {} : { hint });

function pipelineOf(
  project: Project,
  { pipeline, start, end }: NonNullable<RawTest["run"]>,
  raw: RawTest,
  path: Path,
): Subject | Problem {
  if (raw.at !== undefined) {
    const message = "a pipeline has no pieces: leave out at, or run";
    return { code: impossibleTest, path, at: "key", message };
  }
  const selection = select(project, buildGraph(project), {
    cwd: project.root,
    pipeline,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  });
  if (!("ids" in selection)) {
    const [{ message, hint } = { message: "" }] = selection;
    return { code: unknownInTest, path, message, ...(hint !== undefined && { hint }) };
  }
  const byId = new Map(project.transforms.map((transform) => [transform.id, transform]));
  return { type: "pipeline", pipeline, transforms: selection.ids.flatMap((id) => byId.get(id) ?? []) };
}
