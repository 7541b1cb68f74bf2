/** Rows as a file is to hold them. */

/** A column as the file has it. */
export interface FileColumn {
  readonly header: string;
  /** In JSON it stands without quotes. */
  readonly isNumber: boolean;
  readonly isBoolean: boolean;
  /** In JSON it is not a text that holds JSON, but the JSON itself. */
  readonly isJson: boolean;
}

export type FileRows = readonly (readonly (string | null)[])[];
