import { defineCode } from "../diagnostics/diagnostic.ts";
import { exampleOf } from "./hints/hint.ts";

export const syntaxError = defineCode({
  code: "CTF301",
  name: "sql-syntax",
  severity: "error",
  what: "PostgreSQL's grammar does not accept the SQL file.",
  why: "Nothing can be built from a statement that the server can't read.",
  todo: "Look at the place that the message names: the mistake stands there or just before.",
  bad: exampleOf("SELECT member_id FROM h.claims WHEN paid > 0"),
  good: exampleOf("SELECT member_id FROM h.claims WHERE paid > 0"),
});

export const notOneSelect = defineCode({
  code: "CTF302",
  name: "not-one-select",
  severity: "error",
  what: "The file of a transform that is made from one SELECT holds something else.",
  why: "CTF makes the table, its keys and its indexes itself, so that readers never see half of it. The file says only which rows.",
  todo: "Leave one SELECT (WITH, UNION and VALUES are fine) and move everything else out, or use `kind: sql`.",
  bad: exampleOf("SELECT member_id INTO h.mine FROM h.claims"),
  good: exampleOf("SELECT member_id FROM h.claims"),
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
  bad: exampleOf("SELECT member_id FROM h.claims WHERE paid > $1"),
  good: exampleOf("SELECT member_id FROM h.claims WHERE paid > 100"),
});

export const pastedCharacter = defineCode({
  code: "CTF307",
  name: "pasted-character",
  severity: "error",
  what: "The SQL file has curly quotes, long dashes, or spaces of another sort than the space bar gives, outside of its texts.",
  why: "Word processors, chats and web pages put them in. PostgreSQL takes them for letters, so names and texts are not what they look like.",
  todo: "Write them with the keyboard, or copy the SQL from where it was first written.",
  fixable: true,
  bad: exampleOf("SELECT member_id FROM h.claims WHERE status = \u2018paid\u2019"),
  good: exampleOf("SELECT member_id FROM h.claims WHERE status = 'paid'"),
});

/** For docs/diagnostics. @public */
export const codes = [
  syntaxError,
  notOneSelect,
  noStatement,
  transactionStatement,
  copyStream,
  parameter,
  pastedCharacter,
];
