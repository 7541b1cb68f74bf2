/** For a flatten: forms, and documents that answer them, as what its tables' columns hold. */
import type { Facts } from "../../../generate/types.ts";
import type { Action, DocumentRows, PlannedTransform } from "../../../plan/types.ts";
import { type TableName, tableText } from "../../../project/types.ts";
import type { InputColumn } from "../../../sql/lineage/flow.ts";
import type { ColumnFacts, TableFacts } from "../../../warehouse/facts/types.ts";
import { answersOf } from "./answers.ts";
import { formOf, madeSchema } from "./forms.ts";

export const documentsOf = (action: Action): DocumentRows | undefined =>
  "rows" in action && action.rows.type === "documents" ? action.rows : undefined;

/** The columns that say which form a document answers, where both are tables'. */
export function formsAnswered({ documents, forms }: DocumentRows): readonly (readonly [InputColumn, InputColumn])[] {
  if (forms.type !== "stored" || forms.key === undefined || documents.formKey === undefined) return [];
  if (forms.from.type !== "table" || documents.from.type !== "table") return [];
  return [[columnOf(documents.from.table, documents.formKey), columnOf(forms.from.table, forms.key)]];
}

const columnOf = ({ schema, name }: TableName, column: string): InputColumn => ({ schema, table: name, column });

/** The facts of its inputs, with forms and documents as the examples of the columns that hold them. */
export function withDocuments(facts: Facts, rows: DocumentRows, { action }: PlannedTransform): Facts {
  const { documents, forms } = rows;
  const all = new Map(facts);
  let schema = madeSchema(rows);
  if (forms.type === "stored" && forms.from.type === "table") {
    const isOnly = forms.key === undefined;
    const text = tableText(forms.from.table);
    const own = exampleOf(facts.get(text), forms.column);
    schema = own ?? schema;
    change(all, text, forms.column, (column) => ({
      ...column,
      examples: column.examples ?? [schema],
      notNull: column.notNull || isOnly,
    }));
    // One form of all documents: rows that differ in it by nothing are one.
    const table = all.get(text);
    if (table && isOnly && forms.column !== undefined) all.set(text, { ...table, uniques: [[forms.column]] });
  }
  if (documents.from.type === "table") {
    const form = formOf(rows, schema);
    const hasPlaces = rows.columns.some(({ from }) => from.type === "leaf" && from.part === "item_index");
    const key = "output" in action && action.output.type === "table" ? action.output.primaryKey?.columns : undefined;
    change(all, tableText(documents.from.table), documents.column, (column) => ({
      ...column,
      examples: column.examples ?? answersOf(form, rows, { isText: isText(column), hasPlaces: hasPlaces || !key }),
    }));
  }
  return all;
}

const isText = ({ of }: ColumnFacts): boolean => of.is === "base" && !/^jsonb?$/.test(of.name);

const exampleOf = (table: TableFacts | undefined, column: string | undefined): string | undefined =>
  table?.columns.find(({ name }) => name === column)?.examples?.find((text) => text !== null) ?? undefined;

function change(
  facts: Map<string, TableFacts>,
  text: string,
  name: string | undefined,
  how: (column: ColumnFacts) => ColumnFacts,
): void {
  const table = facts.get(text);
  if (!table) return;
  facts.set(text, { ...table, columns: table.columns.map((column) => (column.name === name ? how(column) : column)) });
}
