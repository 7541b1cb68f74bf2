/** Where a new definition goes. */
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { shellWord } from "../../diagnostics/shell_word.ts";
import { findPipeline, isDiagnostic } from "../../graph/names.ts";
import type { Pipeline, Project } from "../../project/types.ts";
import { UsageError } from "../context.ts";
import { alreadyThere, badFileName, noPipelineHere } from "./codes.ts";
import { plainName } from "./plain_name.ts";

type PipelineFolder = Pick<Pipeline, "name" | "folder" | "owners">;

export interface Place {
  readonly pipeline: PipelineFolder;
  /** The transform's name. */
  readonly name: string;
  /** The definition and the code beside it, from the project's root. */
  readonly yaml: string;
  readonly code: string;
}

export interface PlaceRequest {
  readonly project: Project;
  readonly cwd: string;
  /** As typed: `t1.sql`, `t1`, or a path. */
  readonly file: string;
  /** With its dot, for the code beside the definition. */
  readonly extension: string;
  readonly pipeline?: string;
}

const NAME = /^[a-z][a-z0-9_-]*$/;

export function checkName(name: string, what: string): void {
  if (NAME.test(name)) return;
  const plain = plainName(name);
  const such = NAME.test(plain) ? `, such as ${plain}` : "";
  throw new UsageError([
    badFileName({
      message: `${name} can't be the name of a ${what}`,
      hint: `Use small letters, digits, _ and -, beginning with a letter${such}.`,
    }),
  ]);
}

/** A transform of this file in the pipeline one stands in, or in the one that is named. */
export function placeOf(request: PlaceRequest): Place {
  const { project, cwd, file, extension } = request;
  const pipeline = pipelineOf(request);
  const folder = join(project.root, pipeline.folder);
  const name = basename(file).replace(/\.(sql|ya?ml|py|csv|tsv)(\.gz)?$/, "");
  checkName(name, "transform");
  // A bare name means the pipeline's folder, a path means what it says.
  const typed = file.includes("/") ? dirname(resolve(cwd, file)) : folder;
  if (typed !== folder) {
    throw new UsageError([
      noPipelineHere({
        message: `${file} is not in ${pipeline.folder}, where a transform of pipeline ${pipeline.name} has to lie`,
        hint: `Move it there, and leave the folder out of the command.`,
      }),
    ]);
  }
  const path = `${pipeline.folder}/${name}`;
  return { pipeline, name, yaml: `${path}.yaml`, code: `${path}${extension}` };
}

/** A folder counts as soon as it has a pipeline.yaml, even one with gaps that does not load yet. */
function pipelineOf({ project, cwd, file, pipeline }: PlaceRequest): PipelineFolder {
  const name = pipeline ?? folderUnder(project.root, dirname(resolve(cwd, file)));
  const folder = `pipelines/${name}`;
  if (name !== undefined && existsSync(join(project.root, folder, "pipeline.yaml"))) {
    return { name, folder, owners: project.pipelines.find((loaded) => loaded.name === name)?.owners ?? [] };
  }
  if (pipeline !== undefined) {
    const found = findPipeline(project, pipeline, cwd);
    if (isDiagnostic(found)) throw new UsageError([found]);
    return found;
  }
  const [first, ...others] = project.pipelines.map((p) => p.name);
  const more = others.length > 0 ? ` (or ${others.slice(0, 5).join(", ")})` : "";
  const hint =
    name !== undefined
      ? `${folder} has no pipeline.yaml yet. Make it: ctf start pipeline ${name}`
      : first === undefined
        ? "The project has no pipeline yet. Make one first: ctf start pipeline NAME"
        : `cd ${shellWord(`pipelines/${first}`)}, or add --pipeline ${shellWord(first)}${more}.`;
  throw new UsageError([noPipelineHere({ message: "this is not a pipeline's folder", hint })]);
}

const folderUnder = (root: string, path: string): string | undefined => {
  const [pipelines, name] = relative(root, path).split(sep);
  return pipelines === "pipelines" ? name : undefined;
};

export function mustNotExist(root: string, path: string): void {
  if (!existsSync(join(root, path))) return;
  throw new DiagnosticError([
    alreadyThere({
      message: `${path} is already there, and is left as it is`,
      span: { file: path },
      hint: "Edit it; or move it aside, type the command again, and compare the two.",
    }),
  ]);
}
