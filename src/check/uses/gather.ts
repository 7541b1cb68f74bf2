/** Looks into all SQL files of a project: from the cache where their content is known, else with PostgreSQL's parser. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { codeFault } from "../../project/code_files.ts";
import { contentHash, isBytes, readBytes } from "../../project/files.ts";
import type { Project } from "../../project/types.ts";
import { openContentsCache } from "./cache.ts";
import { readAll } from "./read_all.ts";
import { type Tables, tablesOf } from "./tables.ts";
import type { Contents, SqlFile, Uses } from "./types.ts";

/** The file beside a definition, as it is now. */
export interface CodeContent {
  /** Of the transform. */
  readonly id: string;
  readonly file: string;
  readonly hash: string;
}

export type SqlContent = CodeContent & SqlFile;

/** The SQL and the Python of all transforms, and what keeps code from being read, whatever its language. */
export function sqlContents({ root, transforms }: Project): {
  readonly contents: readonly SqlContent[];
  readonly python: readonly CodeContent[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const contents: SqlContent[] = [];
  const python: CodeContent[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { id, codeFile, codeHolds } of transforms) {
    if (codeFile === undefined) continue;
    const bytes = readBytes(root, codeFile);
    // That a file is there has been looked at before.
    if (!isBytes(bytes)) continue;
    const fault = codeFault(bytes, codeFile);
    if (fault) diagnostics.push({ ...fault, transform: id });
    else if (codeHolds) contents.push({ id, file: codeFile, holds: codeHolds, hash: contentHash(bytes) });
    else if (codeFile.endsWith(".py")) python.push({ id, file: codeFile, hash: contentHash(bytes) });
  }
  return { contents, python, diagnostics };
}

/** By transform. `cache: false` neither reads nor writes `.ctf/cache`. */
export async function gatherContents(
  project: Project,
  files: readonly SqlContent[],
  options: { readonly cache: boolean },
): Promise<ReadonlyMap<string, Contents>> {
  const { root } = project;
  const tables = tablesOf(project);
  const digest = digestOf(tables);
  const cache = options.cache ? openContentsCache(root) : undefined;
  const found = new Map<string, Contents>();
  const unknown = new Map<string, SqlContent>();
  for (const file of files) {
    const key = keyOf(file);
    if (found.has(key)) continue;
    const known = cache?.get(file, file.hash, digest);
    if (known) found.set(key, known);
    else unknown.set(key, file);
  }
  const read = await readAll(root, [...unknown.values()], tables);
  [...unknown].forEach(([key, file], i) => {
    const contents = read[i]!;
    cache?.set(file, file.hash, digest(contents.uses), contents);
    found.set(key, contents);
  });
  cache?.save();
  return new Map(files.map((file) => [file.id, found.get(keyOf(file))!]));
}

/** Several transforms may share a file. */
const keyOf = ({ holds, file }: SqlFile): string => `${holds} ${file}`;

/** The columns of what a file reads, as one hash. */
function digestOf(tables: Tables): (uses: Uses) => string {
  const texts = new Map<string, string>();
  return ({ reads }) => {
    const names = new Set(reads.map(({ schema, name }) => `${schema}.${name}`));
    const parts = [...names].map((name) => {
      let text = texts.get(name);
      if (text === undefined) texts.set(name, (text = [name, ...(tables[name] ?? ["?"])].join("\0")));
      return text;
    });
    return contentHash(Buffer.from(parts.join("\n")));
  };
}
