/** An answer as a row of COPY's text. What is the same for a whole document, or for a question, is written once. */
import { copyText } from "../../../files/text.ts";
import type { AnswerClass, EventColumn, EventPart } from "../../../plan/types.ts";
import type { FormNode } from "../forms/form.ts";
import { jsonText, JsonNumber, type Json } from "./json.ts";
import type { Scalar } from "./walk.ts";

const NULL = String.raw`\N`;

const textOf = (value: Scalar): string | null =>
  value === null ? null : value instanceof JsonNumber ? value.text : String(value);

export const fieldOf = (text: string | null | undefined): string =>
  text === null || text === undefined ? NULL : copyText(text);

export const indexField = (index: readonly number[]): string => `{${index.join(",")}}`;

const ofNode: Partial<Record<EventPart, (node: FormNode) => string | null | undefined>> = {
  schema_path: ({ path }) => path,
  answer_type: ({ answer }) => answer?.type,
  tag: ({ tag }) => tag,
};

const classOf: Partial<Record<EventPart, AnswerClass>> = {
  value_text: "text",
  value_number: "number",
  value_boolean: "boolean",
  value_date: "date",
};

const isOfNode = ({ from }: EventColumn): boolean => from.type === "leaf" && from.part in ofNode;

/** First what is the same for a whole document, then what is for a question, last what depends on the answer. */
export const asSent = (columns: readonly EventColumn[]): readonly EventColumn[] => [
  ...columns.filter(({ from }) => from.type === "document"),
  ...columns.filter(isOfNode),
  ...columns.filter((column) => column.from.type === "leaf" && !isOfNode(column)),
];

/** Of a document: what all of its rows begin with. */
export const documentFields = (carried: readonly (string | null)[]): string => carried.map(fieldOf).join("\t");

/** Of a question: what follows in all of its rows. */
export const nodeFields = (columns: readonly EventColumn[], node: FormNode): string =>
  columns
    .flatMap(({ from }) => (from.type === "leaf" && ofNode[from.part]) || [])
    .map((of) => `\t${fieldOf(of(node))}`)
    .join("");

/** Gives what is left of a row, with its line end. */
export function answerFields(columns: readonly EventColumn[]) {
  const parts = columns.flatMap((column) =>
    column.from.type === "leaf" && !isOfNode(column) ? [column.from.part] : [],
  );
  return (answer: AnswerClass, index: readonly number[], value: Scalar, whole: Json): string => {
    const text = fieldOf(textOf(value));
    let fields = "";
    for (const part of parts) {
      fields += "\t";
      if (part === "value") fields += text;
      else if (part === "item_index") fields += index.length === 0 ? "{}" : indexField(index);
      else if (part === "value_json") fields += copyText(jsonText(whole));
      else fields += classOf[part] === answer ? text : NULL;
    }
    return `${fields}\n`;
  };
}
