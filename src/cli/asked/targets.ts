import { nearest } from "../../diagnostics/nearest.ts";
import type { Project, Target } from "../../project/types.ts";
import { unknownTarget } from "../codes.ts";
import { UsageError } from "../context.ts";

/** The target of that name, as `--target` gives it. */
export function findTarget(project: Project, name: string): Target {
  const target = project.targets.find((t) => t.name === name);
  if (target) return target;
  const names = project.targets.map((t) => t.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `ctf.yaml has ${names.join(", ")}.` : `Did you mean ${near}?`;
  throw new UsageError([unknownTarget({ message: `there is no target ${name}`, hint })]);
}
