/** Rows as the bytes of a Parquet file: whole numbers, numbers with a fraction and truths as such, all else as texts. */
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { FileColumn, FileRows } from "./file_rows.ts";

export function parquetBytes(columns: readonly FileColumn[], rows: FileRows): Buffer {
  const columnData = columns.map((column, n) =>
    columnOf(
      column,
      rows.map((row) => row[n] ?? null),
    ),
  );
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

/** A column that holds anything else than its type's values holds texts. */
function columnOf({ header: name, isNumber, isBoolean }: FileColumn, texts: readonly (string | null)[]): ColumnSource {
  const all = (pattern: RegExp) => texts.every((text) => text === null || pattern.test(text));
  const data = <T>(value: (text: string) => T) => texts.map((text) => (text === null ? null : value(text)));
  if (isNumber && all(/^-?\d{1,18}$/)) return { name, type: "INT64", data: data(BigInt) };
  if (isBoolean && all(/^(t|true|f|false)$/i)) return { name, type: "BOOLEAN", data: data((text) => /^t/i.test(text)) };
  return { name, type: "STRING", data: data(String) };
}
