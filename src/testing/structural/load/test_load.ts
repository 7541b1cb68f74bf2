/** All structural checks of one load. */
import { plannedRows } from "../../../kinds/planned_rows.ts";
import type { PlannedTransform } from "../../../plan/types.ts";
import type { FileSource, Project, TableOutput, Transform } from "../../../project/types.ts";
import type { CheckStatus, Finding, StructuralResult } from "../types.ts";
import { loadChecks } from "./checks.ts";
import { isWritten } from "./file_text.ts";
import type { LoadStage, LoadSubject } from "./load_stage.ts";

/** Its files, where such can be made up: what their names are to say nobody knows. */
export function fileSourceOf(project: Project, transform: Transform): LoadSubject["source"] | undefined {
  const rows = plannedRows(transform, project);
  if (rows?.type !== "files" || rows.classify.length > 0) return undefined;
  const source = project.sources.find(
    (one): one is FileSource => one.type === "file" && one.sourceName === rows.source,
  );
  return source && isWritten(source.format) ? { ...source, format: source.format } : undefined;
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

export async function testLoad(stage: LoadStage): Promise<StructuralResult> {
  const statuses: Record<string, CheckStatus> = {};
  const findings: Finding[] = [];
  for (const { name, find } of loadChecks) {
    const found = await find(stage);
    if (typeof found === "string") statuses[name] = found;
    else {
      findings.push({ check: name, diagnostic: found.diagnostic() });
      statuses[name] = "failed";
    }
  }
  return { findings, statuses };
}
