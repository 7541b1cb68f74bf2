/** What can be wrong with the rows and columns of a table that is built. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const columnsDiffer = defineCode({
  code: "CTF510",
  name: "columns-differ",
  ...error,
  what: "What the query gives is not what the output declares: columns are missing, too many or of another type.",
  why: "Others rely on the declared columns and types. A cast belongs in the SELECT, where its author sees it.",
  todo: "Change the SELECT or the declaration, column by column, as the message lists them.",
});

export const nullInColumn = defineCode({
  code: "CTF511",
  name: "null-in-column",
  ...error,
  what: "A column that is declared not_null, or that belongs to a key, has NULLs in it.",
  why: "Readers rely on it.",
  todo: "Find the rows (`WHERE the_column IS NULL`) and decide what they should say, or take not_null away.",
});

export const duplicateKey = defineCode({
  code: "CTF512",
  name: "duplicate-key",
  ...error,
  what: "Two rows have the same key.",
  why: "A key names one row. Joins on a doubled key multiply rows without a word.",
  todo: "Find the rows (`GROUP BY key HAVING count(*) > 1`) and make the SELECT give one, or widen the key.",
});

export const checkFailed = defineCode({
  code: "CTF513",
  name: "check-failed",
  ...error,
  what: "Rows break a declared constraint.",
  why: "The old table stays as it was; nothing that breaks its own rules is published.",
  todo: "Find the rows with `WHERE NOT (the check)`, then mend the SELECT or the check.",
});

export const foreignKeyFailed = defineCode({
  code: "CTF514",
  name: "foreign-key-failed",
  ...error,
  what: "Rows refer to rows that do not exist in the other table.",
  why: "A declared foreign key is verified before either table is published.",
  todo: "Find the rows with an anti-join on the foreign key's columns.",
});

export const monitorFailed = defineCode({
  code: "CTF524",
  name: "monitor-failed",
  ...error,
  what: "The built table does not pass a monitor.",
  why: "Monitors run before publishing, so readers still have the old table.",
  todo: "Look at the data. If it is right after all, change the monitor.",
});

export const badReturnedRow = defineCode({
  code: "CTF609",
  name: "value-not-stored",
  ...error,
  what: "A row that a python transform returned can't be stored in the output's table.",
  why: "A row that is left out or changed without a word is worse than none, so nothing of the table is published.",
  todo: "The message names the row, counted from 1 in the order of returning, and the column. Mend the value or the declared type.",
});

/** For docs/diagnostics. @public */
export const codes = [
  columnsDiffer,
  nullInColumn,
  duplicateKey,
  checkFailed,
  foreignKeyFailed,
  monitorFailed,
  badReturnedRow,
];
