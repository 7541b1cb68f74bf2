import { defineCode } from "../diagnostics/diagnostic.ts";

export const syntaxError = defineCode({
  code: "CTF301",
  name: "sql-syntax",
  severity: "error",
  what: "PostgreSQL's grammar does not accept the SQL file.",
  why: "Nothing can be built from a statement that the server can't read.",
  todo: "Look at the place that the message names: the mistake stands there or just before.",
});

export const notOneSelect = defineCode({
  code: "CTF302",
  name: "not-one-select",
  severity: "error",
  what: "The file of a transform that is made from one SELECT holds something else.",
  why: "CTF makes the table, its keys and its indexes itself, so that readers never see half of it. The file says only which rows.",
  todo: "Leave one SELECT (WITH, UNION and VALUES are fine) and move everything else out, or use `kind: sql`.",
});

export const noStatement = defineCode({
  code: "CTF303",
  name: "no-statement",
  severity: "error",
  what: "The SQL file holds no statement: it is empty or only comments.",
  why: "There is nothing to run.",
  todo: "Write the SELECT or the statements.",
});

export const transactionStatement = defineCode({
  code: "CTF304",
  name: "transaction-statement",
  severity: "error",
  what: "A `sql` transform says BEGIN, COMMIT, ROLLBACK or SAVEPOINT itself.",
  why: "CTF runs the statements in one transaction, so that all of them happen or none; a COMMIT in the middle would end it.",
  todo: "Take the statement out. With `transaction: none` each statement stands alone.",
});

export const copyStream = defineCode({
  code: "CTF305",
  name: "copy-stream",
  severity: "error",
  what: "A statement copies from or to the client (COPY … STDIN or STDOUT).",
  why: "A transform has no client that could send or take the rows.",
  todo: "Load files with `kind: load`.",
});

export const parameter = defineCode({
  code: "CTF306",
  name: "sql-parameter",
  severity: "error",
  what: "A SELECT has a parameter in it ($1), and nobody gives it a value.",
  why: "CTF sends the SELECT as it is. Other tools fill parameters in; here values that vary are variables.",
  todo: "Declare a variable under `vars:` in ctf.yaml and read it with current_setting('ctf.name').",
});

/** For docs/diagnostics. @public */
export const codes = [syntaxError, notOneSelect, noStatement, transactionStatement, copyStream, parameter];
