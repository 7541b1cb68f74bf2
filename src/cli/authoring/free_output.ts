import { type Project, type TableName, tableText } from "../../project/types.ts";
import { UsageError } from "../context.ts";
import { outputTaken } from "./codes.ts";

/** Refuses an output that another definition than this file makes, or that is a source. */
export function checkFree(project: Project, file: string, output: TableName): void {
  const same = (other: TableName) => other.schema === output.schema && other.name === output.name;
  const maker = project.transforms.find((t) => t.file !== file && t.outputs.some((o) => o.type !== "file" && same(o)));
  const source = project.sources.find((s) => s.type === "table" && same(s));
  const other = maker ?? source;
  if (!other) return;
  const what = maker ? `made by ${maker.id}` : "declared as a source, which CTF does not build";
  throw new UsageError([
    outputTaken({
      message: `${tableText(output)} is already ${what}`,
      labels: [{ span: { file: other.file }, message: "declared here" }],
      hint: `Choose another output, or take it out of ${other.file} first.`,
    }),
  ]);
}
