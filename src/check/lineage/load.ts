import type { Project } from "../../project/types.ts";
import { gatherContents, sqlContents } from "../uses/gather.ts";
import { withDescriptions } from "./descriptions.ts";
import { type Lineage, lineageOf } from "./graph.ts";

/** The lineage of a project as its files are now; files that are known come from `.ctf/cache`. */
export async function loadLineage(project: Project): Promise<Lineage> {
  const found = await gatherContents(project, sqlContents(project).contents, { cache: true });
  return lineageOf(project, new Map([...found].map(([id, { flows }]) => [id, flows])));
}

/** The project with inherited descriptions, as far as these transforms need them. */
export async function describeColumns(project: Project, ids: Iterable<string>): Promise<Project> {
  const wanted = new Set(ids);
  const lacks = project.transforms.some(
    ({ id, codeHolds, outputs }) =>
      wanted.has(id) &&
      codeHolds !== undefined &&
      outputs.some((output) => output.type !== "function" && output.columns.some((column) => !column.description)),
  );
  return lacks ? withDescriptions(project, await loadLineage(project), wanted) : project;
}
