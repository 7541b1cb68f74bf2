/** How files are written. */

export interface CsvFormat {
  readonly type: "csv";
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  /** The text that stands for NULL when it is not quoted. */
  readonly null: string;
  /** A PostgreSQL encoding name. */
  readonly encoding: string;
}

/** One JSON object a line, in UTF-8. */
interface JsonLinesFormat {
  readonly type: "json_lines";
}

/** Where a column stands in each line, and how it is written there. */
export interface FixedField {
  readonly name: string;
  /** Of its first character, from 1. */
  readonly start: number;
  /** In characters; absent: to the end of the line. */
  readonly length?: number;
  /** How a date or time is written, as in `YYYYMMDD`. All blanks or zeros are NULL. */
  readonly date?: string;
  /** Digits after a decimal point that is not written: with 2, `001250` is 12.50. */
  readonly decimals?: number;
  /** The last digit carries the sign: `{` `A`…`I` positive, `}` `J`…`R` negative. */
  readonly overpunch?: boolean;
  /** What stands for true and for false. */
  readonly true?: readonly string[];
  readonly false?: readonly string[];
}

export interface FixedWidthFormat {
  readonly type: "fixed_width";
  readonly fields: readonly FixedField[];
  /** A PostgreSQL encoding name. */
  readonly encoding: string;
}

interface ParquetFormat {
  readonly type: "parquet";
}

/** Anything else: only a python transform reads it. */
interface RawFormat {
  readonly type: "raw";
}

export type FileFormat = CsvFormat | JsonLinesFormat | FixedWidthFormat | ParquetFormat | RawFormat;
