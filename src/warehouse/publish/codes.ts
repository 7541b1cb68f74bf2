/** What can keep a table from being published, and what is told of one that was. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;
const warning = { severity: "warning" } as const;

export const cannotSwap = defineCode({
  code: "CTF520",
  name: "cannot-swap",
  ...error,
  what: "Something on the table, or that depends on it, could not be carried over to the new one by a swap.",
  why: "The new table is another object. What is bound to the old one would stay with it and silently show old data; what somebody added to it by hand, such as a column, would be gone.",
  todo: "Drop what the message names, or use `publish: rows`, which keeps the table and changes its rows.",
});

export const viewColumns = defineCode({
  code: "CTF521",
  name: "view-would-break",
  ...error,
  what: "A view reads a column that the new table lacks or has with another type.",
  why: "The view would fail for its readers.",
  todo: "Change the view first, or run with --rebuild-views, which makes the views again from their text.",
});

export const viewOwner = defineCode({
  code: "CTF522",
  name: "view-not-ours",
  ...error,
  what: "A view reads the table, and the role that CTF runs as may not replace it.",
  why: "Publishing has to point the view to the new table.",
  todo: "Have the view's owner grant its role to CTF's, or use `publish: rows`.",
});

export const publishBlocked = defineCode({
  code: "CTF523",
  name: "publish-blocked",
  ...error,
  what: "Other sessions kept the old table locked for all of publish_wait.",
  why: "The swap needs the table for a moment. CTF tries again and again for 100 ms each, so that readers never wait long.",
  todo: "End the sessions that the message names, then `ctf run --resume`: the built table waits, it is not built again.",
});

export const notKept = defineCode({
  code: "CTF525",
  name: "previous-not-kept",
  ...warning,
  what: "A table was published, and what it held before could not be kept, though `keep_previous` asks for it.",
  why: "`ctf diff --data … --against previous` has nothing to compare with then. The published table is whole.",
  todo: "The message says what PostgreSQL had against it; the next publish tries again.",
});

export const oldSnapshots = defineCode({
  code: "CTF526",
  name: "old-snapshots",
  ...warning,
  what: "The table was published while transactions older than its build were still open.",
  why: "A REPEATABLE READ transaction that began before the build would see the new table empty.",
  todo: "Nothing, if those sessions don't read this table. Else raise `snapshot_wait`.",
});

export const handmade = defineCode({
  code: "CTF527",
  name: "not-declared",
  ...warning,
  what: "The published table has something that the definition does not name: an index, a constraint, a default, statistics.",
  why: "It was made by hand. CTF carries it over, but nobody reading the definition would know of it.",
  todo: "Add it to the definition, as the hint shows, or drop it.",
});

export const nameTaken = defineCode({
  code: "CTF528",
  name: "name-taken",
  ...error,
  what: "The new table brings an index or sequence whose name something else in its schema has.",
  why: "Names of tables, views, indexes and sequences share one space in a schema.",
  todo: "Give the index or key a name of its own in the definition, or rename the other.",
});

export const cannotMerge = defineCode({
  code: "CTF531",
  name: "cannot-merge",
  ...error,
  what: "Rows can't be merged into the existing table: it is not as declared, or a trigger or rule on it keeps them away.",
  why: "upsert and `publish: rows` keep the table and change rows; they never alter columns.",
  todo: "Alter the table to match (the message lists what differs), or drop it and let the next run make it; let the trigger pass the rows.",
});

/** For docs/diagnostics. @public */
export const codes = [
  cannotSwap,
  viewColumns,
  viewOwner,
  publishBlocked,
  notKept,
  oldSnapshots,
  handmade,
  nameTaken,
  cannotMerge,
];
