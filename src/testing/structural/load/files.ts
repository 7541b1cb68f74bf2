/** Files for a load: whole rows, by what its output declares, and broken ones, in the format that its source declares. */
import { withoutDomains } from "../../../generate/conditions.ts";
import type { FileColumn } from "../../../generate/fill/file_rows.ts";
import { fileBytes } from "../../../generate/fill/file_text.ts";
import type { CsvFormat, FileFormat } from "../../../project/file_formats.ts";
import type { ColumnFacts, TableFacts, TypeFacts } from "../../../warehouse/facts/types.ts";
import type { CellText } from "../../../warehouse/testbed/values.ts";
import { fits } from "./fitting.ts";

type Row = readonly CellText[];

export interface MadeFile {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** Writes rows of the columns that files bring. */
export interface FileWriter {
  /** In the order of a row's cells, by their names in the output. */
  readonly columns: readonly string[];
  /** Those that a file of the format can hold. */
  fitting(rows: readonly Row[]): readonly Row[];
  write(rows: readonly Row[]): Promise<MadeFile>;
  /** Behind the rows such as can't be loaded. */
  writeBroken(rows: readonly Row[]): Promise<MadeFile>;
}

/** Formats that files can be made up in. */
export const isWritten = (format: FileFormat): boolean => format.type !== "raw";

/** `columns`: those that the file brings; `nameOf`: how a column is called in the file. */
export function fileWriter(
  format: FileFormat,
  facts: TableFacts,
  columns: readonly string[],
  nameOf: (column: string) => string,
): FileWriter {
  const written = columns.flatMap((name) => facts.columns.find((column) => column.name === name) ?? []);
  const described = written.map((column) => fileColumn(column, nameOf(column.name)));
  const write = async (rows: readonly Row[]): Promise<MadeFile> => ({
    bytes: await fileBytes(format, described, rows),
    rows: rows.length,
  });
  return {
    columns,
    fitting: (rows) => rows.filter((row) => fits(format, described, row)),
    write,
    async writeBroken(rows) {
      const made = await write([...rows, ...brokenRows(facts, written, rows[0])]);
      const headers = described.map(({ header }) => header);
      const noRow = noRowIn(format, headers);
      if (noRow === "") return made;
      return { bytes: Buffer.concat([made.bytes, Buffer.from(`${noRow}\n`)]), rows: made.rows + 1 };
    },
  };
}

export function fileColumn({ of }: ColumnFacts, header: string): FileColumn {
  const type = withoutDomains(of);
  const name = type.is === "base" ? type.name : "";
  return {
    header,
    isNumber: /^(int[248]|numeric|float[48])$/.test(name),
    isBoolean: name === "bool",
    isJson: /^jsonb?$/.test(name),
  };
}

/** The first row with something in it that no load can take. */
function brokenRows(facts: TableFacts, written: readonly ColumnFacts[], first: Row | undefined): readonly Row[] {
  if (!first) return [];
  const instead = (column: ColumnFacts | undefined, cell: CellText): readonly Row[] =>
    column ? [written.map((one, n) => (one === column ? cell : first[n]!))] : [];
  const hasKey = facts.primaryKey?.every((name) => written.some((column) => column.name === name)) === true;
  return [
    ...instead(
      written.find(({ of }) => isStrict(of)),
      "not a value",
    ),
    // A file of one column has nothing to tell a NULL from a line without anything.
    ...(written.length > 1
      ? instead(
          written.find(({ notNull }) => notNull),
          null,
        )
      : []),
    ...(hasKey ? [first] : []),
  ];
}

const STRICT = /^(int[248]|numeric|float[48]|bool|date|time|timetz|timestamp|timestamptz|uuid)$/;

/** Not every text is one of its values. */
const isStrict = (type: TypeFacts): boolean => type.is === "enum" || (type.is === "base" && STRICT.test(type.name));

/** A line that is no row at all; empty where each is one. */
function noRowIn(format: FileFormat, names: readonly string[]): string {
  if (format.type === "json_lines") return "{";
  return format.type === "csv" ? tooLong(format, names) : "";
}

const tooLong = ({ delimiter, quote }: CsvFormat, names: readonly string[]): string =>
  [...names, "one too many"].map(() => `${quote}x${quote}`).join(delimiter);

/** What the fields leave room for. */
export function narrowed(facts: TableFacts, format: FileFormat, nameOf: (column: string) => string): TableFacts {
  if (format.type !== "fixed_width") return facts;
  const lengths = new Map(format.fields.flatMap(({ name, length }) => (length === undefined ? [] : [[name, length]])));
  const columns = facts.columns.map((column): ColumnFacts => {
    const length = lengths.get(nameOf(column.name));
    const { of } = column;
    const isText = of.is === "base" && /^(text|varchar|citext)$/.test(of.name);
    if (length === undefined || !isText) return column;
    return { ...column, of: { is: "base", name: "varchar", modifiers: [Math.min(length, of.modifiers[0] ?? length)] } };
  });
  return { ...facts, columns };
}
