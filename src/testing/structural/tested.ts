/** Which transforms structural tests can say something of, and where each is tried. */
import { plannedRows } from "../../kinds/planned_rows.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import type { Project, Transform } from "../../project/types.ts";
import { hasSources } from "../transforms_of.ts";
import { fileSourceOf } from "./load/load_subject.ts";

/** All but those that make nothing themselves, or whose sources can't be read. */
export const structurallyTested =
  (project: Project) =>
  (transform: Transform): boolean => {
    if (transform.madeElsewhere || !hasSources(project)(transform)) return false;
    return plannedRows(transform, project)?.type !== "files" || fileSourceOf(project, transform) !== undefined;
  };

/** They share one process of Python and one database, and so are tried one after the other. */
export const isTriedInOwn = ({ action }: PlannedTransform): boolean => {
  if (action.type === "run_statements") return !action.oneTransaction;
  return action.type === "write_file" || ("rows" in action && ["python", "documents"].includes(action.rows.type));
};

export const isLoad = ({ action }: PlannedTransform): boolean => "rows" in action && action.rows.type === "files";
