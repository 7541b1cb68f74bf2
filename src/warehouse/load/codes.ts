/** What can go wrong between a file's rows and a table. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const tooManyRejects = defineCode({
  code: "CTF830",
  name: "too-many-rejects",
  ...error,
  what: "More rows of the files could not be loaded than max_rejects allows.",
  why: "A few bad rows are a supplier's slip; many mean that the file or the definition is wrong. Nothing was published.",
  todo: "Look at the rejects table: each row has its file, line, column and reason. Mend the file or the definition, or raise max_rejects.",
});
export const rowsRejected = defineCode({
  code: "CTF831",
  name: "rows-rejected",
  severity: "warning",
  what: "Some rows of the files could not be loaded; they are within max_rejects.",
  why: "The good rows are there, and the bad ones are kept in the rejects table, so nothing is lost.",
  todo: "Look at the rejects table, and tell the supplier of the files.",
});
export const rowsLost = defineCode({
  code: "CTF832",
  name: "rows-lost",
  ...error,
  what: "CTF counted more or fewer rows in the files than it loaded and rejected together.",
  why: "No row may vanish, so the load was undone. It is a fault of CTF.",
  todo: "Report it, with the numbers of the message.",
});
export const unclassified = defineCode({
  code: "CTF833",
  name: "unclassified-file",
  ...error,
  what: "A file's path matches none of the patterns under classify.",
  why: "Its rows would have no values in the columns that the path is to fill.",
  todo: "Add a pattern that matches it, or narrow the source so that it is not read.",
});
export const fileChanged = defineCode({
  code: "CTF834",
  name: "file-changed",
  ...error,
  what: "A file that was appended before has other bytes now.",
  why: "Its old rows are in the table: to load it again would double what stayed the same.",
  todo: "Delete its rows from the table and its line from ctf.loaded_file, and run again; or use `mode: replace`.",
});
export const rejectsTaken = defineCode({
  code: "CTF835",
  name: "rejects-table-taken",
  ...error,
  what: "Something that CTF did not make has the name of the rejects table.",
  why: "Rejected rows have no place to go, so the load was not begun.",
  todo: "Rename or drop it.",
});
export const badClass = defineCode({
  code: "CTF836",
  name: "bad-class-value",
  ...error,
  what: "What classify takes from a file's path is not of its column's type.",
  why: "No row of that file could be loaded.",
  todo: "Correct the pattern, the value under set, or the column's type.",
});

/** Gathered by scripts/generate. @public */
export const codes: readonly Code[] = [
  tooManyRejects,
  rowsRejected,
  rowsLost,
  unclassified,
  fileChanged,
  rejectsTaken,
  badClass,
];
