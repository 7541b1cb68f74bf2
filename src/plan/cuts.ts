/** The SQL files of a project, cut into their statements: what checks have found of a file's content need not be parsed again. */
import { openContentsCache } from "../check/uses/cache.ts";
import type { SqlFile } from "../check/uses/types.ts";
import { contentHash } from "../project/files.ts";
import type { Code } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import { type Cut, cutStatements } from "../sql/statements.ts";

export type { Cut };

export interface ToCut extends Pick<SqlFile, "holds"> {
  readonly code: Code;
}

/** In their order. `root`: of the project whose cache is looked at; without it everything is parsed. */
export async function cutAll(files: readonly ToCut[], root: string | undefined): Promise<readonly Cut[]> {
  const cache = root === undefined ? undefined : openContentsCache(root);
  const cuts: Cut[] = [];
  for (const { code, holds } of files) {
    const { file, text } = code;
    const known = cache?.statements({ file, holds }, contentHash(Buffer.from(text)));
    if (known) {
      const statements = known.map(([from, to, line, column]) => ({ file, text: text.slice(from, to), line, column }));
      cuts.push({ statements, diagnostics: [] });
    } else {
      await loadParser();
      cuts.push(cutStatements(code, holds));
    }
  }
  return cuts;
}
