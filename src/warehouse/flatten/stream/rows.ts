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

/** Of a question: what its rows have in each column, where that does not depend on the answer. */
export type NodeFields = readonly (string | undefined)[];

const ofNode: Partial<Record<EventPart, (node: FormNode) => string | null | undefined>> = {
  schema_path: ({ path }) => path,
  answer_type: ({ answer }) => answer?.type,
  tag: ({ tag }) => tag,
};

export const nodeFields = (columns: readonly EventColumn[], node: FormNode): NodeFields =>
  columns.map(({ from }) => {
    const of = from.type === "leaf" ? ofNode[from.part] : undefined;
    return of && fieldOf(of(node));
  });

const classOf: Partial<Record<EventPart, AnswerClass>> = {
  value_text: "text",
  value_number: "number",
  value_boolean: "boolean",
  value_date: "date",
};

/** `now`: of the transaction. Gives the row with its line end. */
export function rowMaker(columns: readonly EventColumn[], now: string) {
  return (
    fields: NodeFields,
    carried: readonly string[],
    answer: AnswerClass,
    index: readonly number[],
    value: Scalar,
    whole: Json,
  ): string => {
    const text = fieldOf(textOf(value));
    let row = "";
    let next = 0;
    for (let n = 0; n < columns.length; n++) {
      const { from } = columns[n]!;
      if (n > 0) row += "\t";
      if (from.type === "document") row += carried[next++];
      else {
        const own = fields[n];
        if (own !== undefined) row += own;
        else if (from.part === "value") row += text;
        else if (from.part === "item_index") row += index.length === 0 ? "{}" : indexField(index);
        else if (from.part === "processed_on") row += now;
        else if (from.part === "value_json") row += copyText(jsonText(whole));
        else row += classOf[from.part] === answer ? text : NULL;
      }
    }
    return `${row}\n`;
  };
}
