/** A folder of files → a validated project, and everything that is wrong in it. */
import { basename } from "node:path";
import { type Diagnostic, isError } from "../diagnostics/diagnostic.ts";
import { unusedCodeFiles } from "./code_files.ts";
import type { CtfDefinition, PipelineDefinition } from "./definitions.ts";
import { discover, type Layout, type PipelineFolder } from "./discover.ts";
import { duplicateOutputs, duplicateSources } from "./duplicates.ts";
import type { KindSyntax, KindSyntaxes } from "./kind_syntax.ts";
import { makeLocator } from "./locate.ts";
import { type Finding, toDiagnostic } from "./problem.ts";
import { type Definitions, readDefinitions } from "./read/definitions.ts";
import { lockProblems } from "./requirements.ts";
import { type KnownNames, resolveTransform } from "./resolve.ts";
import { type Pipeline, type Project, type Source, tableText, type Transform } from "./types.ts";

export interface LoadedProject {
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
  /** Changes with the content of any definition. */
  readonly fingerprint: string;
}

/**
 * Transforms, pipelines and sources with errors are left out of the project, without follow-up errors for those that read
 * them. `cache: false` neither reads nor writes `.ctf/cache`.
 */
export async function loadProject(
  root: string,
  kinds: KindSyntaxes,
  options: { readonly cache?: boolean } = {},
): Promise<LoadedProject> {
  const layout = discover(root);
  const read = await readDefinitions(root, layout, kinds, options.cache ?? true);
  const { project, findings, diagnostics } = assemble(root, layout, read, kinds);
  const all = [...layout.diagnostics, ...read.diagnostics, ...diagnostics];
  if (findings.length > 0) {
    const locate = await makeLocator(root);
    all.push(...findings.map((finding) => toDiagnostic(finding, locate)));
  }
  const broken = brokenTransforms(all);
  if (broken.size === 0) return { project, diagnostics: all.sort(byPlace), fingerprint: read.fingerprint };
  const transforms = project.transforms.filter(({ id }) => !broken.has(id));
  const tables = new Set([
    ...project.unread.tables,
    ...tablesOf(project.transforms.filter(({ id }) => broken.has(id))),
  ]);
  const left = { ...project, transforms, unread: { ...project.unread, tables } };
  return { project: left, diagnostics: all.sort(byPlace), fingerprint: read.fingerprint };
}

const brokenTransforms = (diagnostics: readonly Diagnostic[]): ReadonlySet<string> =>
  new Set(diagnostics.flatMap((d) => (isError(d) && d.transform !== undefined ? [d.transform] : [])));

const tablesOf = (transforms: readonly Transform[]): readonly string[] =>
  transforms.flatMap(({ outputs }) => outputs.flatMap((one) => (one.type === "file" ? [] : [tableText(one)])));

interface Assembled {
  readonly project: Project;
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
}

function assemble(root: string, layout: Layout, read: Definitions, kinds: KindSyntaxes): Assembled {
  const ctf = read.ctf ?? defaultCtf(root);
  const sources = [...read.sources].flatMap(([file, { sources: own }]) =>
    own.map((source, entry) => ({ ...source, file, entry })),
  );
  const byName = new Map<string, Source>(sources.map((source) => [source.sourceName, source]));
  const known: KnownNames = {
    transforms: new Set(layout.pipelines.flatMap((p) => p.definitions.map(({ name }) => `${p.name}.${name}`))),
    pipelines: new Set(layout.pipelines.map((p) => p.name)),
    sources: new Set([...byName.keys(), ...read.perhapsSources]),
  };

  const findings: Finding[] = [
    ...duplicateSources(sources),
    ...lockProblems(root, ctf.pythonRequirements).map((problem) => ({ file: "ctf.yaml", problem })),
  ];
  const diagnostics: Diagnostic[] = [];
  const broken = brokenTransforms(read.diagnostics);
  const pipelines: Pipeline[] = [];
  const transforms: Transform[] = [];
  const without: Transform[] = [];
  for (const folder of layout.pipelines) {
    const definition = folder.file === undefined ? undefined : read.pipelines.get(folder.file);
    if (definition) pipelines.push(pipelineOf(folder, definition, ctf));
    const here: Transform[] = [];
    let right = 0;
    for (const { name, file } of folder.definitions) {
      const own = read.transforms.get(file);
      const kind = own && kinds.get(own.kind);
      if (!kind) continue;
      const from = { name, file, definition: own, kind, folder, pipeline: definition ?? NO_PIPELINE };
      const { transform, problems } = resolveTransform(from, ctf, known, root);
      // A kind looks only at what is right in everything else.
      const sound = problems.length === 0 && !broken.has(transform.id);
      const all = sound ? (kind.check?.(transform, byName) ?? []) : problems;
      findings.push(...all.map((problem) => ({ file, problem, transform: transform.id })));
      here.push(sound && all.length === 0 ? withReads(transform, kind) : transform);
      if (sound && all.length === 0) right++;
    }
    // A definition that is wrong may be wrong about its file.
    if (right === folder.definitions.length) diagnostics.push(...unusedCodeFiles(folder, here, kinds));
    // A broken pipeline.yaml leaves its transforms' defaults unknown.
    (definition ? transforms : without).push(...here);
  }
  findings.push(
    ...duplicateOutputs(
      transforms.filter(({ id }) => !broken.has(id)),
      sources,
    ),
  );
  const project: Project = {
    root,
    name: ctf.project,
    postgres: ctf.postgres,
    defaultTarget: ctf.defaultTarget,
    targets: ctf.targets,
    variables: ctf.variables,
    ...(ctf.python === undefined ? {} : { python: ctf.python }),
    pythonRequirements: ctf.pythonRequirements,
    ...(ctf.minCoverage === undefined ? {} : { minCoverage: ctf.minCoverage }),
    pipelines,
    transforms,
    sources: sources.toSorted((a, b) => compare(a.sourceName, b.sourceName)),
    unread: {
      pipelines: layout.pipelines.flatMap(({ name, file, definitions }) =>
        (file === undefined ? definitions.length > 0 : !read.pipelines.has(file)) ? [name] : [],
      ),
      tables: new Set([...read.perhapsTables, ...tablesOf(without)]),
    },
  };
  return { project, findings, diagnostics };
}

const withReads = (transform: Transform, kind: KindSyntax): Transform => {
  const functions = kind.files?.(transform) ?? [];
  return {
    ...transform,
    ...(kind.columnReads && { columnReads: kind.columnReads(transform) }),
    ...(functions.length > 0 && { functions }),
  };
};

const NO_PIPELINE: PipelineDefinition = { defaults: {}, grants: [] };

const defaultCtf = (root: string): CtfDefinition => ({
  project: basename(root),
  postgres: 18,
  targets: [{ name: "local", type: "embedded" }],
  defaultTarget: "local",
  variables: [],
  pythonRequirements: [],
  defaults: {},
  owners: [],
  grants: [],
});

function pipelineOf(folder: PipelineFolder, definition: PipelineDefinition, ctf: CtfDefinition): Pipeline {
  const { description, schedule } = definition;
  return {
    name: folder.name,
    file: folder.file!,
    folder: folder.folder,
    ...(description !== undefined && { description }),
    owners: definition.owners ?? ctf.owners,
    ...(schedule !== undefined && { schedule }),
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    compare(a.span?.file ?? "", b.span?.file ?? "") ||
    (a.span?.start?.line ?? 0) - (b.span?.start?.line ?? 0) ||
    (a.span?.start?.column ?? 0) - (b.span?.start?.column ?? 0) ||
    compare(a.code, b.code)
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
