/** Lines for a load's file: whole ones, by what its output declares, and broken ones. */
import type { CellText } from "../../../warehouse/testbed/values.ts";
import type { ColumnFacts, TableFacts, TypeFacts } from "../../../warehouse/facts/types.ts";
import { headerOf, lineOf, noRow, type WrittenFormat } from "./file_text.ts";

export interface FileLines {
  readonly header: readonly string[];
  readonly whole: readonly string[];
  /** None of these can be loaded behind the whole ones. */
  readonly broken: readonly string[];
}

interface Made {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CellText[])[];
}

/** `nameOf`: how a column is called in the file. */
export function linesOf(
  format: WrittenFormat,
  facts: TableFacts,
  { columns, rows }: Made,
  nameOf: (column: string) => string,
): FileLines {
  const names = columns.map(nameOf);
  const line = (row: readonly CellText[]): string => lineOf(format, names, row);
  const [first] = rows;
  const instead = (column: ColumnFacts | undefined, cell: CellText): readonly string[] =>
    first && column ? [line(columns.map((name, n) => (name === column.name ? cell : first[n]!)))] : [];
  const written = facts.columns.filter(({ name }) => columns.includes(name));
  const hasKey = facts.primaryKey?.every((column) => columns.includes(column)) === true;
  return {
    header: headerOf(format, names),
    whole: rows.map(line),
    broken: [
      noRow(format, names),
      ...instead(
        written.find(({ of }) => isStrict(of)),
        "not a value",
      ),
      // A file of one column has nothing to tell a NULL from a line without anything.
      ...(columns.length > 1
        ? instead(
            written.find(({ notNull }) => notNull),
            null,
          )
        : []),
      ...(first && hasKey ? [line(first)] : []),
    ],
  };
}

const STRICT = /^(int[248]|numeric|float[48]|bool|date|time|timetz|timestamp|timestamptz|uuid)$/;

/** Not every text is one of its values. */
const isStrict = (type: TypeFacts): boolean => type.is === "enum" || (type.is === "base" && STRICT.test(type.name));
