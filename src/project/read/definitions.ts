/** All YAML files of a project → their definitions, from the cache where the content is known. */
import { type Diagnostic, isError } from "../../diagnostics/diagnostic.ts";
import { noCache, openCache } from "../cache.ts";
import type { CtfDefinition, PipelineDefinition, SourcesDefinition, TransformDefinition } from "../definitions.ts";
import type { Layout } from "../discover.ts";
import { contentHash, isBytes, readBytes, textOf } from "../files.ts";
import type { KeptValues } from "../kept_file.ts";
import type { KindSyntaxes } from "../kind_syntax.ts";
import type { Readers } from "./readers.ts";

export interface Definitions {
  readonly ctf?: CtfDefinition;
  /** By file. Those with errors are left out. */
  readonly pipelines: ReadonlyMap<string, PipelineDefinition>;
  /** By file. Of those with errors, what could be read. */
  readonly transforms: ReadonlyMap<string, TransformDefinition>;
  /** By file. Those with errors are left out. */
  readonly sources: ReadonlyMap<string, SourcesDefinition>;
  /** Words of broken sources files: any of them may be a source's name. */
  readonly perhapsSources: ReadonlySet<string>;
  /** Words with a dot of broken files: any of them may be a table. */
  readonly perhapsTables: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
  /** Changes with the content of any of them. */
  readonly fingerprint: string;
}

type DefinitionOf<R extends keyof Readers> = NonNullable<ReturnType<Readers[R]>["definition"]>;

export async function readDefinitions(
  root: string,
  layout: Layout,
  kinds: KindSyntaxes,
  useCache: boolean,
): Promise<Definitions> {
  const diagnostics: Diagnostic[] = [];
  const contents: string[] = [];
  const perhapsSources = new Set<string>();
  const perhapsTables = new Set<string>();
  const open = useCache ? openCache(root, kinds) : noCache;
  let readers: Readers | undefined;

  const read = async <R extends keyof Readers>(
    role: R,
    file: string,
    cache: KeptValues<unknown>,
    transform?: string,
  ): Promise<DefinitionOf<R> | undefined> => {
    const bytes = readBytes(root, file);
    if (!isBytes(bytes)) return void diagnostics.push(bytes);
    const hash = contentHash(bytes);
    contents.push(file, hash);
    const kept = cache.get(file, hash);
    if (kept !== undefined) return kept as DefinitionOf<R>;

    const text = textOf(bytes, file);
    if (typeof text !== "string") return void diagnostics.push(text);
    readers ??= await (await import("./readers.ts")).makeReaders(kinds);
    const result = readers[role]({ file, text, ...(transform !== undefined && { transform }) });
    diagnostics.push(...result.diagnostics);
    const broken = result.definition === undefined || result.diagnostics.some(isError);
    if (broken && role === "sources") for (const [word] of text.matchAll(/[\w.-]+/g)) perhapsSources.add(word);
    if (broken)
      for (const [word] of text.matchAll(/[\p{L}_][\p{L}\p{N}_$]*\.[\p{L}\p{N}_$]+/gu)) perhapsTables.add(word);
    // A broken transform's inputs can still be looked up, so that its other problems are told in the same go.
    if (broken) return role === "transform" ? (result.definition as DefinitionOf<R> | undefined) : undefined;
    if (result.diagnostics.length === 0) cache.set(file, hash, result.definition);
    return result.definition as DefinitionOf<R>;
  };

  const common = open("project");
  const ctf = layout.projectFile === undefined ? undefined : await read("ctf", layout.projectFile, common);
  const sources = new Map<string, SourcesDefinition>();
  for (const file of layout.sources) {
    const definition = await read("sources", file, common);
    if (definition) sources.set(file, definition);
  }
  common.save();

  const pipelines = new Map<string, PipelineDefinition>();
  const transforms = new Map<string, TransformDefinition>();
  for (const folder of layout.pipelines) {
    const cache = open(`pipeline.${folder.name}`);
    const pipeline = folder.file === undefined ? undefined : await read("pipeline", folder.file, cache);
    if (pipeline) pipelines.set(folder.file!, pipeline);
    for (const { file, name } of folder.definitions) {
      const definition = await read("transform", file, cache, `${folder.name}.${name}`);
      if (definition) transforms.set(file, definition);
    }
    cache.save();
  }
  const fingerprint = contentHash(Buffer.from(contents.join("\n")));
  return {
    ...(ctf && { ctf }),
    pipelines,
    transforms,
    sources,
    perhapsSources,
    perhapsTables,
    diagnostics,
    fingerprint,
  };
}
