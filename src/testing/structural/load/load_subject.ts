/** Which loads can be tried on files that are made up, and all that has to be known of one. */
import { plannedRows } from "../../../kinds/planned_rows.ts";
import type { PlannedTransform } from "../../../plan/types.ts";
import type { FileSource, Project, TableOutput, Transform } from "../../../project/types.ts";
import { isWritten } from "./files.ts";
import type { LoadSubject } from "./load_stage.ts";

/** Its files. */
export function fileSourceOf(project: Project, transform: Transform): FileSource | undefined {
  const rows = plannedRows(transform, project);
  if (rows?.type !== "files") return undefined;
  const source = project.sources.find(
    (one): one is FileSource => one.type === "file" && one.sourceName === rows.source,
  );
  return source && isWritten(source.format) ? source : undefined;
}

export function loadSubjectOf(
  project: Project,
  transform: Transform,
  planned: PlannedTransform,
): LoadSubject | undefined {
  const { action } = planned;
  const source = fileSourceOf(project, transform);
  if (!source || !("rows" in action) || action.rows.type !== "files") return undefined;
  return { transform, planned, rows: action.rows, output: action.output as TableOutput, source };
}
