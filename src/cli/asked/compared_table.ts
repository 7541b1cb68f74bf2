/** `ctf diff --data`: which table is meant, and by which key its rows are compared. */
import { findTransform, isDiagnostic } from "../../graph/names.ts";
import {
  type Project,
  tableText,
  type TableName,
  type TableOutput,
  type Target,
  type Transform,
  type ViewOutput,
} from "../../project/types.ts";
import { noKey, notComparable } from "../../warehouse/compare/codes.ts";
import type { ToCompare } from "../../warehouse/compare/types.ts";
import { type CliContext, UsageError } from "../context.ts";

export interface DataFlags {
  readonly data: string;
  readonly against?: string;
  readonly target?: string;
  readonly key?: string;
  readonly var?: readonly string[];
  readonly showData?: boolean;
}

export interface Asked {
  readonly context: CliContext;
  readonly project: Project;
  readonly target: Target;
  readonly flags: DataFlags;
  readonly transform: Transform;
  readonly output: TableOutput | ViewOutput;
}

/** A transform with one table or view, or one of these by its own name. */
export function outputAsked(project: Project, typed: string, cwd: string): Pick<Asked, "transform" | "output"> {
  const tables = ({ outputs }: Transform) =>
    outputs.filter((output) => output.type === "table" || output.type === "view");
  for (const transform of project.transforms) {
    const output = tables(transform).find((one) => tableText(one) === typed);
    if (output) return { transform, output };
  }
  const transform = findTransform(project, typed, { cwd });
  if (isDiagnostic(transform)) throw new UsageError([transform]);
  const [output, ...others] = tables(transform);
  if (output && others.length === 0) return { transform, output };
  const names = tables(transform).map(tableText).join(", ");
  throw new UsageError([
    notComparable({
      message: output ? `${transform.id} makes several tables` : `${transform.id} makes no table`,
      hint: output ? `Name one of them: ${names}.` : "Only tables and views have rows to compare.",
    }),
  ]);
}

export const whereIs = ({ schema, name }: TableName, { prefix = "" }: Target): TableName => ({
  schema: prefix + schema,
  name,
});

/** By `--key`, or else by what the definition says. */
function keyOf({ output, transform, flags }: Asked): Pick<ToCompare, "key" | "isDeclaredKey"> {
  if (flags.key !== undefined) return { key: flags.key.split(",").map((name) => name.trim()), isDeclaredKey: false };
  const primary = output.type === "table" ? output.primaryKey : undefined;
  if (primary) return { key: primary.columns, isDeclaredKey: true };
  throw new UsageError([
    noKey({
      message: `${tableText(output)} has no primary_key to compare its rows by`,
      hint: "Name the columns that tell its rows apart: --key a,b.",
      span: { file: transform.file },
    }),
  ]);
}

export const toCompare = (asked: Asked): ToCompare => ({
  ...keyOf(asked),
  name: tableText(asked.output),
  showData: asked.flags.showData ?? false,
});
