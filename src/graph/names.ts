/** What a person types for a pipeline or a transform, and what it means. */
import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Pipeline, Project, Transform } from "../project/types.ts";
import { ambiguousTransform, transformElsewhere, unknownPipeline, unknownTransform } from "./codes.ts";

export interface Where {
  /** Absolute; paths are relative to it. */
  readonly cwd: string;
  /** The pipeline that the command names: nothing outside of it is meant. */
  readonly pipeline?: string;
}

const ENDING = /\.(sql|ya?ml|py)$/;

/** What was typed for a transform, without the ending of one of its files. */
export const withoutEnding = (typed: string): string => typed.replace(ENDING, "");

export const isDiagnostic = (value: object): value is Diagnostic => "severity" in value;

/** The pipeline of this name, or whose folder this path is. */
export function findPipeline(project: Project, name: string, cwd: string): Pipeline | Diagnostic {
  const bare = name.replace(/\/+$/, "");
  const path = fromRoot(project, bare, cwd);
  const found = project.pipelines.find((p) => p.name === bare) ?? project.pipelines.find((p) => p.folder === path);
  if (found) return found;
  if (project.pipelines.length === 0) {
    return unknownPipeline({
      message: `there is no pipeline ${name}: the project has none yet`,
      hint: `Make it with "ctf start pipeline ${name}".`,
    });
  }
  const message = `there is no pipeline ${name}`;
  const [transform] = fits(project, name, cwd);
  if (transform) {
    const hint = `It is a transform, of pipeline ${transform.pipeline}. To run it: ctf run --only ${transform.id}`;
    return unknownPipeline({ message, hint });
  }
  const names = project.pipelines.map((p) => p.name);
  const near = nearest(name, names);
  return unknownPipeline({
    message,
    hint: near === undefined ? `The project has ${someOf(names)}.` : `Did you mean ${near}?`,
  });
}

/** The pipeline in whose folder `cwd` is. */
export function pipelineAt(project: Project, cwd: string): string | undefined {
  const path = `${fromRoot(project, ".", cwd)}/`;
  return project.pipelines.find((p) => path.startsWith(`${p.folder}/`))?.name;
}

/** The transform that is meant by `t1`, `t1.sql`, `t1.yaml`, `pipeline.t1`, or the path of one of its files. */
export function findTransform(project: Project, typed: string, where: Where): Transform | Diagnostic {
  const { pipeline } = where;
  const inside = (t: Transform) => pipeline === undefined || t.pipeline === pipeline;
  const fitting = fits(project, typed, where.cwd);
  const found = fitting.filter(inside);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const here = pipelineAt(project, where.cwd);
    const near = found.filter((t) => t.pipeline === here);
    if (near.length === 1) return near[0]!;
    const ids = found.map((t) => t.id);
    return ambiguousTransform({ message: `${typed} could be ${ids.join(" or ")}`, hint: `Write it out: ${ids[0]}.` });
  }
  const other = fitting[0];
  if (other) {
    return transformElsewhere({
      message: `${typed} is in pipeline ${other.pipeline}, not in ${pipeline}`,
      hint: `To run it: ctf run ${other.pipeline} --only ${other.name}`,
    });
  }
  return unknown(project, typed, project.transforms.filter(inside), pipeline);
}

/** All transforms that what was typed fits, from the surest reading to the loosest: the first that finds any is meant. */
function fits(project: Project, typed: string, cwd: string): readonly Transform[] {
  const path = fromRoot(project, typed, cwd);
  const bare = withoutEnding(typed);
  const readings: readonly ((t: Transform) => boolean)[] = [
    (t) => t.id === typed,
    (t) => t.file === path || (t.codeFile === path && t.name === bare.slice(bare.lastIndexOf("/") + 1)),
    (t) => t.codeFile === path,
    (t) => t.name === typed,
    (t) => t.name === bare || t.id === bare,
    (t) => t.codeFile?.endsWith(`/${typed}`) === true,
  ];
  for (const reading of readings) {
    const found = project.transforms.filter(reading);
    if (found.length > 0) return found;
  }
  return [];
}

function unknown(project: Project, typed: string, candidates: readonly Transform[], pipeline?: string): Diagnostic {
  const bare = withoutEnding(typed);
  const near =
    nearest(
      bare,
      candidates.map((t) => t.name),
    ) ??
    nearest(
      bare,
      candidates.map((t) => t.id),
    );
  const whole = pipeline === undefined ? "the project" : `pipeline ${pipeline}`;
  const isPipeline = project.pipelines.some((p) => p.name === typed);
  return unknownTransform({
    message: `there is no transform ${typed} in ${whole}`,
    hint: isPipeline
      ? `It is a pipeline: "ctf ls ${typed}" lists its transforms.`
      : near !== undefined
        ? `Did you mean ${near}?`
        : candidates.length === 0
          ? `Make one with "ctf start create_table_as table ${bare}.sql".`
          : `"ctf ls${pipeline === undefined ? "" : ` ${pipeline}`}" lists what there is.`,
  });
}

/** The path from the project's root, also of what was typed through a link to the root or to a folder above it. */
export function fromRoot(project: Project, path: string, cwd: string): string {
  const typed = resolve(cwd, path);
  const asTyped = relative(project.root, typed);
  if (!asTyped.startsWith("..")) return asTyped.replaceAll(sep, "/");
  // The file may be a link itself, and its own name is what counts.
  const places = [join(real(dirname(typed)), basename(typed)), real(typed)];
  const found = places.map((place) => relative(real(project.root), place)).find((place) => !place.startsWith(".."));
  return (found ?? asTyped).replaceAll(sep, "/");
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function someOf(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} others` : names.join(", ");
}
