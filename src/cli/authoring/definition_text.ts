/** The text of a new transform's definition. */
import type { TableName } from "../../project/types.ts";
import { columnList } from "../../project/write/columns.ts";
import { schemaLine } from "../../project/write/schemas.ts";
import { writeTableName } from "../../project/write/table_name.ts";
import { type Entry, gap, type Value, yamlText } from "../../project/write/yaml_text.ts";
import type { Place } from "./place.ts";
import type { Reading } from "./reading.ts";

export type NewOutput =
  | (TableName & { readonly type: "table" | "view" })
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "none" };

export interface NewDefinition {
  readonly kind: string;
  readonly place: Place;
  readonly owners: readonly Entry[];
  readonly output: NewOutput;
  readonly reading?: Reading;
}

export const definitionText = ({ kind, place, owners, output, reading }: NewDefinition): string =>
  yamlText([
    schemaLine(place.yaml, "transform"),
    ["kind", kind],
    ["description", gap(description[output.type])],
    ...owners,
    ...inputEntries(reading),
    ...outputEntries(output, reading),
  ]);

const description: Readonly<Record<NewOutput["type"], string>> = {
  table: "what does one row stand for?",
  view: "what does one row stand for?",
  file: "what is in the file?",
  none: "what does it do?",
};

function inputEntries(reading: Reading | undefined): readonly Entry[] {
  if (!reading) return ["inputs: what it reads, as  - transform: NAME  or  - source: NAME"];
  return reading.inputs.length === 0 ? [] : [["inputs", { items: reading.inputs, spread: true }]];
}

function outputEntries(output: NewOutput, reading: Reading | undefined): readonly Entry[] {
  if (output.type === "none") return [["outputs", []]];
  if (output.type === "file") return [["output", { block: [["file", output.path]] }]];
  const columns: Value = reading?.columns ? columnList(reading.columns) : gap("- {name: …, type: …} for each column");
  return [
    ["output", { block: [[output.type, writeTableName(output)], ["columns", columns], ...keyHint(output, reading)] }],
  ];
}

/** What rows promise is for a person to say; CTF only shows how. */
function keyHint(output: NewOutput, reading: Reading | undefined): readonly Entry[] {
  if (output.type !== "table" || !reading?.columns) return [];
  const key = reading.keyGuess.length > 0 ? reading.keyGuess : reading.columns.slice(0, 1).map(({ name }) => name);
  return [
    "The columns that together name one row, if these are they; add not_null: true to others that are never empty:",
    `primary_key: [${key.join(", ")}]`,
  ];
}
