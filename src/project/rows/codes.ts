/** CTF85x: rows that people write in YAML. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";

export const unknownFactory = defineCode({
  code: "CTF851",
  name: "unknown-factory",
  severity: "error",
  what: "A row uses a factory that there is not, or one of another table.",
  why: "The row would lack all that the factory says.",
  todo: "Correct the name, or add the factory to factories.yaml, in the project's folder or in that of the pipeline.",
});

export const unknownRowTable = defineCode({
  code: "CTF852",
  name: "unknown-row-table",
  severity: "error",
  what: "Rows are written for a table that is neither an output nor a source of this project.",
  why: "Its columns and types are not known, so no rows can be made for it.",
  todo: "Correct the name (`schema.table`), or declare the table as a source.",
});

export const unknownRowColumn = defineCode({
  code: "CTF853",
  name: "unknown-row-column",
  severity: "error",
  what: "A row names a column that its table does not declare.",
  why: "The value could not go anywhere.",
  todo: "Correct the name, or declare the column.",
});

export const rowCodes: readonly Code[] = [unknownFactory, unknownRowTable, unknownRowColumn];
