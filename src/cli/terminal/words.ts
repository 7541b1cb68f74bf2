/** How commands name things, for people and in JSON. */
import { type Input, type Output, outputText, type Transform } from "../../project/types.ts";
import type { LastRun, LastRuns } from "../../run/last_runs.ts";
import { ago, counted } from "./numbers.ts";
import type { Style } from "./style.ts";

const inputText = (input: Input): string => (input.type === "transform" ? input.id : input.name);

/** An input as a transform's neighbour would write it: without the pipeline that both share. */
export const inputNear = (input: Input, pipeline: string): string => {
  const text = inputText(input);
  return input.type === "transform" && text.startsWith(`${pipeline}.`) ? text.slice(pipeline.length + 1) : text;
};

export function lastRunText(last: LastRun | undefined, now: Date, style: Style): string {
  if (!last) return style.dim("never");
  const when = ago(new Date(last.at), now);
  switch (last.status) {
    case "succeeded":
      return `${style.green("✓")} ${when}${last.rows === undefined ? "" : `, ${counted(last.rows, "row")}`}`;
    case "failed":
      return `${style.red("✗ failed")} ${when}`;
    case "skipped":
      return `${style.yellow("– skipped")} ${when}`;
    case "interrupted":
      return `${style.yellow("■ interrupted")} ${when}`;
  }
}

export type InputJson = { readonly transform: string } | { readonly source: string };

export const inputJson = (input: Input): InputJson =>
  input.type === "transform" ? { transform: input.id } : { source: input.name };

/** What `ls --json` says of a transform, and `show --json` begins with. docs/json.md describes it. */
export interface TransformJson {
  readonly transform: string;
  readonly pipeline: string;
  readonly name: string;
  readonly kind: string;
  readonly description: string | null;
  readonly file: string;
  readonly owners: readonly string[];
  readonly inputs: readonly InputJson[];
  readonly outputs: readonly { readonly type: Output["type"]; readonly name: string }[];
  readonly lastRun: LastRun | null;
}

export const transformJson = (t: Transform, lastRuns: LastRuns): TransformJson => ({
  transform: t.id,
  pipeline: t.pipeline,
  name: t.name,
  kind: t.kind,
  description: t.description ?? null,
  file: t.file,
  owners: t.owners,
  inputs: t.inputs.map(inputJson),
  outputs: t.outputs.map((output) => ({ type: output.type, name: outputText(output) })),
  lastRun: lastRuns[t.id] ?? null,
});
