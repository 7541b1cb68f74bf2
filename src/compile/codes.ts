/** What trying a project on an empty warehouse finds, beside what a run would say of the same SQL in the same words. */
import { defineCode } from "../diagnostics/diagnostic.ts";

export const unknownType = defineCode({
  code: "CTF340",
  name: "unknown-type",
  severity: "error",
  what: "PostgreSQL does not know the type of a column.",
  why: "The table can't be made, and nothing that reads it can be checked.",
  todo: "Check the spelling. A type of an extension, or of your own, is made by a `sql` transform (CREATE EXTENSION, CREATE TYPE).",
});

export const breakingChange = defineCode({
  code: "CTF341",
  name: "breaking-change",
  severity: "error",
  what: "The declared columns of a table changed, and transforms that read it no longer compile.",
  why: "Each of them compiled against the table as it was, and has not changed since.",
  todo: "Mend the transforms that the message lists, or ask their owners to, in the same change; or keep the column as it was.",
});

export const notTried = defineCode({
  code: "CTF343",
  name: "not-tried",
  severity: "warning",
  what: "A statement could not be tried on an empty warehouse.",
  why: "Checks run as a role without any rights, in a database without rows, roles or extensions of yours. What the statement makes is taken to be as it is declared.",
  todo: "Nothing, if it runs in your warehouse. Statements that depend on rows or roles are only proved by a run.",
});

export const needsExtension = defineCode({
  code: "CTF344",
  name: "needs-extension",
  severity: "warning",
  what: "The SQL uses a function, operator or index method of an extension that nothing in the project creates.",
  why: "A warehouse without the extension would refuse it.",
  todo: "Have a `sql` transform say CREATE EXTENSION IF NOT EXISTS, or make sure that the warehouse has it.",
});

export const notCompiled = defineCode({
  code: "CTF345",
  name: "not-compiled",
  severity: "warning",
  what: "No PostgreSQL could be started to compile the SQL with, so only the static part was checked.",
  why: "Columns, types and functions are checked by PostgreSQL itself, in a scratch server that CTF starts.",
  todo: "Mend what the message says, or write --no-compile to do without.",
});

export const unknownColumns = defineCode({
  code: "CTF346",
  name: "columns-not-declared",
  severity: "warning",
  what: "A table does not declare its columns, so the transforms that read it can't be compiled.",
  why: "An empty warehouse is made from the declarations.",
  todo: "Declare the columns; `ctf source add` reads them from a warehouse.",
});

export const typeElsewhere = defineCode({
  code: "CTF347",
  name: "type-made-elsewhere",
  severity: "warning",
  what: "A table that CTF does not build has a column of a type that nothing in the project makes.",
  why: "Its schema says that the type is the warehouse's own. An empty warehouse does not have it, so the SQL that reads the table is not compiled.",
  todo: "Nothing, if the warehouse has the type. To have CTF compile what reads the table, make the type in a `sql` transform too, and leave it alone where it is there already.",
});

/** For docs/diagnostics. @public */
export const codes = [
  unknownType,
  breakingChange,
  notTried,
  needsExtension,
  notCompiled,
  unknownColumns,
  typeElsewhere,
];
