/** What can go wrong in a warehouse, whatever is being done there. */
import { defineCode } from "../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const queryFailed = defineCode({
  code: "CTF515",
  name: "query-failed",
  ...error,
  what: "PostgreSQL refused the SQL, or stopped while running it.",
  why: "Nothing was changed: the transform's work is undone as a whole.",
  todo: "The message names the place in the file. With --show-data the server's own words are shown on your terminal.",
});

export const timedOut = defineCode({
  code: "CTF516",
  name: "timed-out",
  ...error,
  what: "The transform took longer than its timeout and was cancelled on the server.",
  why: "A query gone wrong should not hold up the rest.",
  todo: "Look at the plan (`ctf history` keeps it), or raise `timeout`.",
});

export const databaseFailed = defineCode({
  code: "CTF517",
  name: "database-failed",
  ...error,
  what: "PostgreSQL could not do something that CTF asked of it.",
  why: "The transform's work is undone; its old output is intact.",
  todo: "The message gives PostgreSQL's error code and the object; --show-data shows the server's own words.",
});

export const outputMissing = defineCode({
  code: "CTF529",
  name: "output-missing",
  ...error,
  what: "An output that should be there is missing, or is not what its definition says.",
  why: "Others read it by its declaration.",
  todo: "Make the statements create it, or mend the declaration.",
});

export const notATable = defineCode({
  code: "CTF536",
  name: "not-a-table",
  ...error,
  what: "Something else has the output's name: a view, a materialized view, a sequence.",
  why: "CTF never drops what it did not build.",
  todo: "Rename or drop it, or give the output another name.",
});

export const missingSchemaRight = defineCode({
  code: "CTF537",
  name: "no-privilege",
  ...error,
  what: "The role that CTF runs as lacks a privilege.",
  why: "PostgreSQL refused the statement.",
  todo: "Grant it; the message names the object.",
});

export const internal = defineCode({
  code: "CTF599",
  name: "internal-error",
  ...error,
  what: "CTF itself failed in a way that nobody foresaw.",
  why: "This is a mistake of ours. The transform's old output is intact.",
  todo: "Run again with CTF_DEBUG=1 in the environment to see the stack trace, and report it.",
});

export const inputMissing = defineCode({
  code: "CTF611",
  name: "input-missing",
  ...error,
  what: "A table that a python transform reads is not in the warehouse, or lacks a declared column.",
  why: "The function is called only when everything that it is given is there.",
  todo: "Build the transform that makes it first, or correct the source's declaration.",
});

export const fileNotWritten = defineCode({
  code: "CTF612",
  name: "file-not-written",
  ...error,
  what: "The file that a python transform makes can't be written.",
  why: "The file of before, if there was one, stays as it was.",
  todo: "Look at the folder's permissions and at the room on the disk, or give the output another path.",
});

/** For docs/diagnostics. @public */
export const codes = [
  queryFailed,
  timedOut,
  databaseFailed,
  outputMissing,
  notATable,
  missingSchemaRight,
  internal,
  inputMissing,
  fileNotWritten,
];
