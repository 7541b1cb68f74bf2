/** Files for a load: whole rows, by what its output declares, and broken ones, in the format that its source declares. */
import { withoutDomains } from "../../../generate/conditions.ts";
import { fileBytes, type FileColumn } from "../../../generate/fill/file_text.ts";
import type { CsvFormat, FileFormat, FixedWidthFormat } from "../../../project/types.ts";
import type { ColumnFacts, TableFacts, TypeFacts } from "../../../warehouse/facts/types.ts";
import type { CellText } from "../../../warehouse/testbed/values.ts";

type Row = readonly CellText[];

export interface MadeFile {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** `broken`: the whole rows, and behind them such as can't be loaded. */
export interface MadeFiles {
  readonly empty: MadeFile;
  readonly whole: MadeFile;
  readonly broken: MadeFile;
}

interface Made {
  /** Those that the file brings. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Formats that files can be made up in. */
export const isWritten = (format: FileFormat): boolean =>
  format.type === "csv" ? format.quote !== "" : format.type !== "raw";

/** `nameOf`: how a column is called in the file. */
export async function filesOf(
  format: FileFormat,
  facts: TableFacts,
  { columns, rows }: Made,
  nameOf: (column: string) => string,
): Promise<MadeFiles> {
  const written = columns.flatMap((name) => facts.columns.find((column) => column.name === name) ?? []);
  const described = written.map((column) => fileColumn(column, nameOf(column.name)));
  const fitting = format.type === "fixed_width" ? rows.filter((row) => fitsFields(format, described, row)) : rows;
  const write = async (some: readonly Row[], noRow = ""): Promise<MadeFile> => {
    const bytes = await fileBytes(format, described, some);
    return {
      bytes: noRow === "" ? bytes : Buffer.concat([bytes, Buffer.from(`${noRow}\n`)]),
      rows: some.length + (noRow === "" ? 0 : 1),
    };
  };
  return {
    empty: await write([]),
    whole: await write(fitting),
    broken: await write(
      [...fitting, ...brokenRows(facts, written, fitting[0])],
      noRowIn(
        format,
        described.map(({ header }) => header),
      ),
    ),
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

/** What is cut off to fit its field would be another value. */
function fitsFields({ fields }: FixedWidthFormat, columns: readonly FileColumn[], row: Row): boolean {
  return columns.every(({ header, isBoolean }, n) => {
    const field = fields.find(({ name }) => name === header);
    const cell = row[n] ?? null;
    if (!field || cell === null || field.length === undefined || field.date !== undefined) return true;
    if (isBoolean && field.true) return true;
    const isScaled = field.decimals !== undefined || field.overpunch;
    return cell.replace(isScaled ? /[.-]/g : "", "").length <= field.length && cell === cell.trimEnd();
  });
}

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
