/** What the database refuses to a transform, and what keeps CTF from letting it refuse. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const noRoles = defineCode({
  code: "CTF540",
  name: "no-guest-roles",
  ...error,
  what: "The target says `isolation: role`, and CTF's own role can't make the roles that this needs.",
  why: "Each transform logs in as a role that may read its declared inputs alone, and CTF makes these roles itself.",
  todo: "Give CTF's role CREATEROLE, or write `isolation: none` at the target: then only `ctf check` watches over inputs.",
});
export const loginRefused = defineCode({
  code: "CTF541",
  name: "guest-refused",
  ...error,
  what: "The server or a pooler does not let the role log in as which transforms are to run.",
  why: "What a transform may read is decided by who it logged in as. To change the role within a session would not hold: SQL can change it back.",
  todo: "Let roles ctf_guest_* log in with a password (scram-sha-256 in pg_hba.conf), address the server itself instead of a pooler that knows each user, or write `isolation: none` at the target.",
});
export const undeclaredUse = defineCode({
  code: "CTF542",
  name: "undeclared-use",
  ...error,
  what: "A transform read or changed a table that its definition does not declare, and the database refused it.",
  why: "`ctf check` sees what the SQL says. What functions, views and dynamic SQL do is seen only when they run, by a role that may read the declared inputs alone.",
  todo: "Declare the table as the message says, or leave it alone. Nothing was published.",
});
export const missingRight = defineCode({
  code: "CTF543",
  name: "right-missing",
  ...error,
  what: "The SQL does something that a transform has no right to.",
  why: "With `isolation: role` a transform may read its inputs, make its outputs, and use functions that everybody may use.",
  todo: "Leave it out, or have somebody who may do it once by hand (an extension, a language, a role). `isolation: none` at the target lifts it for all transforms.",
});
export const undeclaredMade = defineCode({
  code: "CTF544",
  name: "undeclared-made",
  ...error,
  what: "The SQL made something that is not among the transform's outputs.",
  why: "Nobody would know where it comes from, and two transforms could make the same.",
  todo: "Declare it under outputs, or leave it out. Temporary tables need no word. All that was made in the transaction is undone.",
});
export const cannotPassOn = defineCode({
  code: "CTF545",
  name: "cannot-pass-on",
  ...error,
  what: "CTF may read an input, but may not let a transform's own role read it.",
  why: "With `isolation: role` a transform runs as a role that gets SELECT on its inputs from CTF, and CTF can only give what it may pass on.",
  todo: "Let the table's owner run the GRANT of the message, or write `isolation: none` at the target.",
});
export const rowsHidden = defineCode({
  code: "CTF546",
  name: "rows-hidden",
  ...error,
  what: "Row-level security would hide rows of an input from the transform.",
  why: "CTF reads a table that it owns with all its rows; the role as which the transform runs does not. A table of the rows that are left would be wrong without a word.",
  todo: "Read it by a view that its owner makes for CTF, give CTF's role BYPASSRLS before the run (it passes it on), or write `isolation: none` at the target.",
});

/** For docs/diagnostics. @public */
export const codes = [noRoles, loginRefused, undeclaredUse, missingRight, undeclaredMade, cannotPassOn, rowsHidden];
