/** How each sort of file is read. Loaded only when one has to be: the parser and the schemas take longer than all the rest. */
import type { CtfDefinition, PipelineDefinition, SourcesDefinition, TransformDefinition } from "../definitions.ts";
import type { KindSyntaxes } from "../kind_syntax.ts";
import { readCtf } from "./ctf.ts";
import { type FileToRead, readFile, type ReadFile } from "./file.ts";
import { readPipeline } from "./pipeline.ts";
import { readSources } from "./sources.ts";
import { readTransform, transformSyntax } from "./transform.ts";

type Reader<T> = (from: Omit<FileToRead<T>, "interpret">) => ReadFile<T>;

export interface Readers {
  readonly ctf: Reader<CtfDefinition>;
  readonly pipeline: Reader<PipelineDefinition>;
  readonly transform: Reader<TransformDefinition>;
  readonly sources: Reader<SourcesDefinition>;
}

export async function makeReaders(kinds: KindSyntaxes): Promise<Readers> {
  const syntax = await transformSyntax(kinds);
  return {
    ctf: (from) => readFile({ ...from, interpret: readCtf }),
    pipeline: (from) => readFile({ ...from, interpret: readPipeline }),
    transform: (from) => readFile({ ...from, interpret: (value) => readTransform(value, syntax) }),
    sources: (from) => readFile({ ...from, interpret: readSources }),
  };
}
