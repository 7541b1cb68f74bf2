/** The columns with documents and forms: whether they are there, and what they are. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { DocumentRows } from "../../plan/types.ts";
import { tableText, type TableName } from "../../project/types.ts";
import { describe } from "../session/describe.ts";
import { list, qualified } from "../names.ts";
import { explainError } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { notDocuments } from "./codes.ts";

export type JsonType = "jsonb" | "json" | "text";

/** What is asked of the inputs before anything is read. */
export type Asking = Pick<Work, "client" | "span">;

const JSON_TYPES: Readonly<Record<number, JsonType>> = { 3802: "jsonb", 114: "json", 25: "text", 1043: "text" };

/** Of the column with the documents; of files, what a line is. @throws DiagnosticError where one is not there, or holds no JSON */
export async function documentType(asking: Asking, { documents, forms }: DocumentRows): Promise<JsonType> {
  if (forms.type === "stored" && forms.from.type === "table") {
    await jsonType(asking, forms.from.table, forms.column!, forms.key === undefined ? [] : [forms.key]);
  }
  if (documents.from.type === "files") return "jsonb";
  const others = [documents.key, ...(documents.formKey === undefined ? [] : [documents.formKey])];
  return jsonType(asking, documents.from.table, documents.column!, others);
}

async function jsonType(
  { client, span }: Asking,
  table: TableName,
  column: string,
  others: readonly string[],
): Promise<JsonType> {
  const text = `SELECT ${list([column, ...others])} FROM ${qualified(table)}`;
  const [described] = await describe(client, text).catch((error: unknown) => {
    throw explainError(error, { table: tableText(table), span });
  });
  const type = JSON_TYPES[described?.typeOid ?? 0];
  if (type) return type;
  const message = `${tableText(table)}.${column} is not jsonb, json or text, so it holds no documents`;
  throw new DiagnosticError([notDocuments({ message, span, hint: "Name the column that has them." })]);
}
