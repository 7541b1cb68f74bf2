/** Where the parts of a declared relation stand in its YAML. Files are read only when there is something to report. */
import type { Span } from "../diagnostics/diagnostic.ts";
import { makeLocator } from "../project/locate.ts";
import { outputPath } from "../project/output_path.ts";
import type { Path } from "../project/problem.ts";
import type { TableSource } from "../project/types.ts";
import type { Relation } from "./units.ts";

/** The span of a part of a relation: `["columns", 2, "type"]`. */
export type Places = (relation: Relation, part: Path) => Span;

export async function placesIn(root: string): Promise<Places> {
  const locate = await makeLocator(root);
  return ({ declared, maker }, part) => {
    if (!maker) {
      const source = declared as TableSource;
      return locate(source.file, { path: ["sources", source.entry, ...part] });
    }
    const { transform } = maker;
    const index = transform.outputs.findIndex((output) => output === declared);
    return locate(transform.file, { path: [...outputPath(transform, index), ...part] });
  };
}
