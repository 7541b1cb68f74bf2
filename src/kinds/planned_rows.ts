/** What a definition without code of its own says of its rows. */
import type { DocumentRows, FileRows } from "../plan/types.ts";
import type { Project, Transform } from "../project/types.ts";
import { kinds } from "./index.ts";

/** The files or documents that the rows of a checked transform come from; undefined where they come from code. */
export function plannedRows(transform: Transform, project: Project): FileRows | DocumentRows | undefined {
  if (transform.codeFile !== undefined) return undefined;
  const action = kinds.get(transform.kind)?.plan(transform, { project });
  if (!action || !("rows" in action)) return undefined;
  return action.rows.type === "files" || action.rows.type === "documents" ? action.rows : undefined;
}
