/** Where the parts of a declared relation stand in its YAML. Files are read only when there is something to report. */
import type { Span } from "../diagnostics/diagnostic.ts";
import { isBytes, readBytes, textOf } from "../project/files.ts";
import { makeLocator } from "../project/locate.ts";
import type { Path } from "../project/problem.ts";
import type { TableSource } from "../project/types.ts";
import { parseLoosely } from "../project/yaml.ts";
import type { Relation } from "./units.ts";

/** The span of a part of a relation: `["columns", 2, "type"]`. */
export type Places = (relation: Relation, part: Path) => Span;

export async function placesIn(root: string): Promise<Places> {
  const locate = await makeLocator(root);
  return ({ declared, maker }, part) => {
    if (!maker) {
      const source = declared as TableSource;
      return locate(source.file, { path: [...sourcePath(root, source), ...part] });
    }
    const { outputs, file } = maker.transform;
    const base = outputs.length > 1 ? ["outputs", outputs.findIndex((output) => output === declared)] : ["output"];
    return locate(file, { path: [...base, ...part] });
  };
}

/** A project keeps its sources by name, so a source's place is looked for in its file. */
function sourcePath(root: string, { file, sourceName }: TableSource): Path {
  const bytes = readBytes(root, file);
  const text = isBytes(bytes) ? textOf(bytes, file) : undefined;
  const parsed = typeof text === "string" ? parseLoosely(text) : undefined;
  const { sources } = (parsed?.ok ? parsed.value : {}) as { readonly sources?: readonly { readonly name?: unknown }[] };
  return ["sources", sources?.findIndex(({ name }) => name === sourceName) ?? 0];
}
