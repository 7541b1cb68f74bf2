/** What can go wrong between CTF and a warehouse. */
import { defineCode } from "../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;
const warning = { severity: "warning" } as const;

export const noConnection = defineCode({
  code: "CTF501",
  name: "no-connection",
  ...error,
  what: "The warehouse could not be reached.",
  why: "Every run works on a real PostgreSQL.",
  todo: "Check that the server is up and that the target's address is right.",
});
export const noTargetUrl = defineCode({
  code: "CTF502",
  name: "no-target-url",
  ...error,
  what: "The environment variable that holds the target's address is not set.",
  why: "ctf.yaml never holds a password, so the address comes from the environment.",
  todo: "Set the variable, or choose another target.",
});
export const unsupportedServer = defineCode({
  code: "CTF503",
  name: "unsupported-server",
  ...error,
  what: "The warehouse runs a PostgreSQL that CTF does not support.",
  why: "CTF is tested on PostgreSQL 15 to 18.",
  todo: "Use a newer server.",
});
export const pooler = defineCode({
  code: "CTF504",
  name: "transaction-pooler",
  ...error,
  what: "The address leads to a connection pooler in transaction mode.",
  why: "Two runs keep off each other's outputs by session locks. Such a pooler hands them to somebody else's session.",
  todo: "Give the target the address of PostgreSQL itself, or of a pool in session mode.",
});
export const newerRecords = defineCode({
  code: "CTF505",
  name: "newer-records",
  ...error,
  what: "Schema ctf in the warehouse was made by a newer CTF.",
  why: "An older CTF could not keep its records right.",
  todo: "Update CTF.",
});
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
export const connectionLost = defineCode({
  code: "CTF518",
  name: "connection-lost",
  ...error,
  what: "The connection to the warehouse broke.",
  why: "The server, or something between, went away. The old output is intact.",
  todo: "Run again with --resume: what was done is not done again.",
});
export const dependents = defineCode({
  code: "CTF520",
  name: "cannot-swap",
  ...error,
  what: "Something depends on the table that a swap could not carry over to the new one.",
  why: "The new table is another object. What is bound to the old one would stay with it and silently show old data.",
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
export const monitorFailed = defineCode({
  code: "CTF524",
  name: "monitor-failed",
  ...error,
  what: "The built table does not pass a monitor.",
  why: "Monitors run before publishing, so readers still have the old table.",
  todo: "Look at the data. If it is right after all, change the monitor.",
});
export const oldSnapshots = defineCode({
  code: "CTF526",
  name: "old-snapshots",
  ...warning,
  what: "The table was published while transactions older than its build were still open.",
  why: "A REPEATABLE READ transaction that began before the build would see the new table empty.",
  todo: "Nothing, if those sessions don't read this table. Else raise `snapshot_wait`.",
});
export const notKept = defineCode({
  code: "CTF525",
  name: "previous-not-kept",
  ...warning,
  what: "A table was published, and what it held before could not be kept, though `keep_previous` asks for it.",
  why: "`ctf diff --data … --against previous` has nothing to compare with then. The published table is whole.",
  todo: "The message says what PostgreSQL had against it; the next publish tries again.",
});
export const handmade = defineCode({
  code: "CTF527",
  name: "not-declared",
  ...warning,
  what: "The published table has an index, constraint or statistics object that the definition does not name.",
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
export const outputMissing = defineCode({
  code: "CTF529",
  name: "output-missing",
  ...error,
  what: "An output that should be there is missing, or is not what its definition says.",
  why: "Others read it by its declaration.",
  todo: "Make the statements create it, or mend the declaration.",
});
export const cannotMerge = defineCode({
  code: "CTF531",
  name: "cannot-merge",
  ...error,
  what: "The existing table is not as declared, so rows can't be merged into it.",
  why: "upsert and `publish: rows` keep the table and change rows; they never alter columns.",
  todo: "Alter the table to match (the message lists what differs), or drop it and let the next run make it.",
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
export const notOurSchema = defineCode({
  code: "CTF560",
  name: "not-our-schema",
  ...error,
  what: "A schema that an environment needs is in the warehouse already, and CTF did not make it for this environment.",
  why: "What stands in it is somebody else's; an environment writes only into schemas of its own.",
  todo: "Give the target another prefix, or drop the schema.",
});
export const changedOutside = defineCode({
  code: "CTF561",
  name: "changed-outside",
  ...error,
  what: "A transform on a target with a prefix changed a table that does not belong to its environment.",
  why: "It went through a function or a trigger, whose text CTF can't move. The transaction was rolled back.",
  todo: "Do not call it on this target, or make the function an output of the project, so that the environment has its own.",
});
export const environmentView = defineCode({
  code: "CTF563",
  name: "environment-view",
  ...warning,
  what: "A view of an environment read a column that the published table no longer has, and was dropped.",
  why: "What somebody tries out beside production never keeps production from being published.",
  todo: "Run its transform there again when its SQL fits the table.",
});
export const otherDatabase = defineCode({
  code: "CTF562",
  name: "other-database",
  ...error,
  what: "A target defers to one in another database.",
  why: "One query can't read tables of two databases.",
  todo: "Give both targets the same address, or leave `defer:` out and build what the transform reads.",
});
export const internal = defineCode({
  code: "CTF599",
  name: "internal-error",
  ...error,
  what: "CTF itself failed in a way that nobody foresaw.",
  why: "This is a mistake of ours. The transform's old output is intact.",
  todo: "Run again with CTF_DEBUG=1 in the environment to see the stack trace, and report it.",
});

export const badReturnedRow = defineCode({
  code: "CTF609",
  name: "value-not-stored",
  ...error,
  what: "A row that a python transform returned can't be stored in the output's table.",
  why: "A row that is left out or changed without a word is worse than none, so nothing of the table is published.",
  todo: "The message names the row, counted from 1 in the order of returning, and the column. Mend the value or the declared type.",
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
  noConnection,
  noTargetUrl,
  unsupportedServer,
  pooler,
  newerRecords,
  columnsDiffer,
  nullInColumn,
  duplicateKey,
  checkFailed,
  foreignKeyFailed,
  queryFailed,
  timedOut,
  databaseFailed,
  connectionLost,
  dependents,
  viewColumns,
  viewOwner,
  publishBlocked,
  monitorFailed,
  oldSnapshots,
  notKept,
  handmade,
  nameTaken,
  outputMissing,
  cannotMerge,
  notATable,
  missingSchemaRight,
  badReturnedRow,
  inputMissing,
  fileNotWritten,
  notOurSchema,
  changedOutside,
  environmentView,
  otherDatabase,
  internal,
];
