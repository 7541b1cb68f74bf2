/**
 * The SQL files of a project, cut into their statements. To cut takes PostgreSQL's parser, so what is found is kept in
 * `.ctf/cache` by the content of the file: a run of what has not changed parses nothing.
 */
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { contentHash } from "../project/files.ts";
import { codeVersion, keepNothing, type KeptValues, openKept } from "../project/kept_file.ts";
import type { Code, Transform } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import { oneSelect, splitStatements } from "../sql/statements.ts";

type Holds = NonNullable<Transform["codeHolds"]>;

/** One statement for a file that holds a SELECT; none where there are problems. */
export interface Cut {
  readonly statements: readonly Code[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ToCut {
  readonly code: Code;
  readonly holds: Holds;
}

/** In their order. `root`: of the project whose cache is used; without it nothing is kept. */
export async function cutAll(files: readonly ToCut[], root: string | undefined): Promise<readonly Cut[]> {
  const keyed = files.map((one) => ({
    ...one,
    key: `${one.holds} ${one.code.file}`,
    hash: contentHash(Buffer.from(one.code.text)),
  }));
  const cache: KeptValues<Cut> = root === undefined ? keepNothing : openCuts(root);
  const known = keyed.map(({ key, hash }) => cache.get(key, hash));
  if (known.includes(undefined)) await loadParser();
  const cuts = keyed.map(({ key, hash, code, holds }, n) => {
    const before = known[n];
    if (before) return before;
    const cut = cutOne(code, holds);
    cache.set(key, hash, cut);
    return cut;
  });
  cache.save();
  return cuts;
}

/** A run may be of a few: what is known of the others stays. */
const openCuts = (root: string): KeptValues<Cut> =>
  openKept(join(root, ".ctf", "cache", "cuts.json"), codeVersion(["sql", "diagnostics"]), { forget: false });

function cutOne(code: Code, holds: Holds): Cut {
  if (holds === "statements") return splitStatements(code);
  const select = oneSelect(code);
  return "text" in select ? { statements: [select], diagnostics: [] } : { statements: [], diagnostics: select };
}
