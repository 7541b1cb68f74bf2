/** Which files a project has, by their places alone. Nothing is opened here. */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { badFileName, missingPipelineFile, noProject, strayFile } from "./codes/file_codes.ts";
import { PROJECT_FILE } from "./root.ts";

interface DefinitionFile {
  readonly name: string;
  readonly file: string;
}

export interface PipelineFolder {
  readonly name: string;
  readonly folder: string;
  /** Its pipeline.yaml, where it has one. */
  readonly file?: string;
  /** By name. */
  readonly definitions: readonly DefinitionFile[];
  /** Everything that lies in it, by name. */
  readonly entries: ReadonlySet<string>;
}

export interface Layout {
  /** ctf.yaml, where there is one. */
  readonly projectFile?: string;
  readonly pipelines: readonly PipelineFolder[];
  readonly sources: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

const PIPELINE_FILE = "pipeline.yaml";
const NAME = /^[a-z][a-z0-9_-]*$/;
/** Kept for what CTF will read later. */
const RESERVED = /(\.test\.yaml|^factories\.yaml)$/;

export function discover(root: string): Layout {
  const diagnostics: Diagnostic[] = [];
  const pipelines: PipelineFolder[] = [];
  for (const entry of list(join(root, "pipelines"))) {
    const path = `pipelines/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (isFolder(root, path, entry)) pipelines.push(pipelineFolder(root, entry.name, diagnostics));
    else if (isYaml(entry.name)) {
      diagnostics.push(
        strayFile({
          message: "a definition belongs in the folder of its pipeline",
          span: { file: path },
          hint: "Move it to pipelines/PIPELINE/.",
        }),
      );
    }
  }
  const hasProjectFile = list(root).some((entry) => entry.name === PROJECT_FILE);
  if (!hasProjectFile) {
    diagnostics.push(
      noProject({ message: `there is no ${PROJECT_FILE} in ${root}`, hint: 'Make a project with "ctf init NAME".' }),
    );
  }
  return {
    ...(hasProjectFile && { projectFile: PROJECT_FILE }),
    pipelines,
    sources: sourceFiles(root, "sources", diagnostics),
    diagnostics,
  };
}

function pipelineFolder(root: string, name: string, diagnostics: Diagnostic[]): PipelineFolder {
  const folder = `pipelines/${name}`;
  const entries = list(join(root, folder));
  const names = new Set(entries.map((entry) => entry.name));
  const definitions: DefinitionFile[] = [];
  for (const entry of entries) {
    const file = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === PIPELINE_FILE || RESERVED.test(entry.name)) continue;
    if (isFolder(root, file, entry)) {
      const inside = list(join(root, file)).find((inner) => isYaml(inner.name));
      if (inside) {
        const hint = `Move it to ${folder}/.`;
        const message = "a definition lies too deep: pipelines have no folders within them";
        diagnostics.push(strayFile({ message, span: { file: `${file}/${inside.name}` }, hint }));
      }
    } else if (entry.name.endsWith(".yaml")) {
      const transform = entry.name.slice(0, -".yaml".length);
      if (NAME.test(transform)) definitions.push({ name: transform, file });
      else diagnostics.push(badName("transform", transform, file));
    } else if (isYaml(entry.name)) {
      diagnostics.push(strayFile(ending(file)));
    }
  }
  definitions.sort((a, b) => (a.name < b.name ? -1 : 1));
  const hasFile = names.has(PIPELINE_FILE);
  if (!NAME.test(name) && (hasFile || definitions.length > 0)) diagnostics.push(badName("pipeline", name, folder));
  if (!hasFile && definitions.length > 0) {
    diagnostics.push(
      missingPipelineFile({
        message: `${folder} has definitions, but no ${PIPELINE_FILE}`,
        span: { file: definitions[0]!.file },
        hint: `Add ${folder}/${PIPELINE_FILE} with a description and owners ("ctf start pipeline ${name}" does it).`,
      }),
    );
  }
  return { name, folder, ...(hasFile && { file: `${folder}/${PIPELINE_FILE}` }), definitions, entries: names };
}

function sourceFiles(root: string, folder: string, diagnostics: Diagnostic[]): readonly string[] {
  return list(join(root, folder)).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || RESERVED.test(entry.name)) return [];
    if (isFolder(root, file, entry)) return sourceFiles(root, file, diagnostics);
    if (entry.name.endsWith(".yaml")) return [file];
    if (isYaml(entry.name)) diagnostics.push(strayFile(ending(file)));
    return [];
  });
}

/** By name, so that every listing and message has the same order on every machine. A folder that is not there is empty. */
function list(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    // To read a pipe would be to wait for who writes into it.
    const readable = entries.filter((entry) => entry.isFile() || entry.isDirectory() || entry.isSymbolicLink());
    return readable.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function isFolder(root: string, path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    readdirSync(join(root, path));
    return true;
  } catch {
    return false;
  }
}

const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name) && !RESERVED.test(name);

const ending = (file: string) => ({
  message: "CTF reads files that end in .yaml, so this one is passed over",
  span: { file },
  hint: `Rename it to ${file.replace(/\.[^.]*$/, ".yaml")}.`,
});

function badName(what: string, name: string, file: string): Diagnostic {
  const better = name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
  return badFileName({
    message: `"${name}" can't be the name of a ${what}`,
    span: { file },
    hint: `Use small letters, digits, _ and -, beginning with a letter${better === "" ? "" : `: ${better}`}.`,
  });
}
