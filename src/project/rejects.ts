/** What a load could not read it sets aside, in a table beside its output. */
import type { TableName, Transform } from "./types.ts";

export const rejectsOf = ({ schema, name }: TableName): TableName => ({ schema, name: `${name}_rejects` });

/** Whether a transform loads files by itself: it reads a source of files, and has no code to do so. */
export const loadsFiles = ({ codeFile, inputs }: Transform, isOfFiles: (sourceName: string) => boolean): boolean =>
  codeFile === undefined && inputs.some((input) => input.type === "source" && isOfFiles(input.name));
