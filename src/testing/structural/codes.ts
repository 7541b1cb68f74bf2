/** CTF87x: structural tests. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const READ_THE_ROWS = "Look at the rows that `ctf test` prints with it: they are the smallest that show it.";

export const failsOnRows = defineCode({
  code: "CTF870",
  name: "fails-on-possible-rows",
  severity: "error",
  what: "A transform fails with an error on rows that its inputs may have, or on inputs without rows.",
  why: "Nothing that is declared keeps such rows away, so one day they will come, and the run will fail.",
  todo: `${READ_THE_ROWS} Mend the SQL; or declare what the inputs can't hold (not_null, constraints, examples).`,
});

export const breaksOwnRules = defineCode({
  code: "CTF871",
  name: "breaks-own-rules",
  severity: "error",
  what: "A transform gives rows that break the keys, NOT NULLs or checks of its own output.",
  why: "Nothing that is declared of its inputs keeps such rows away, so one day they will come, and the run will be refused.",
  todo: `${READ_THE_ROWS} Mend the SQL or the output's declaration; or declare what the inputs can't hold.`,
});

export const notTheSameTwice = defineCode({
  code: "CTF872",
  name: "not-the-same-twice",
  severity: "error",
  what: "A transform that runs twice on the same rows, with the clock standing still, gives another result.",
  why: "A run that is tried again, or a test, says something else each time; nobody can tell a change of the data from chance.",
  todo: "Take chance out of the SQL: compute ids from the rows, for example by md5() of the key.",
});

export const dependsOnOrder = defineCode({
  code: "CTF873",
  name: "depends-on-row-order",
  severity: "error",
  what: "A transform gives another result when the same rows stand in its inputs in another order.",
  why: "A table has no order. After an update, a restore or an upgrade the result is another one, without any change of the data.",
  todo: "Give what is named in the message an ORDER BY that leaves no two rows alike: add the key at its end.",
});

export const upsertNeverRests = defineCode({
  code: "CTF874",
  name: "upsert-never-rests",
  severity: "error",
  what: "An upsert that runs a second time on the same rows still changes the table.",
  why: "Each run rewrites rows for nothing, and whoever reads only what has changed reads all of it.",
  todo: "Leave out of the SELECT what differs each time, or name with update_columns what an existing row takes over.",
});

export const notExercised = defineCode({
  code: "CTF875",
  name: "not-exercised",
  severity: "info",
  what: "None of the rows that CTF made up came through the transform, so most checks say nothing about it.",
  why: "What is never run is never tested.",
  todo: 'Write "examples:" at the input\'s columns that the SQL filters or joins by, so that made rows come through; or write a test.',
});

export const failsOnExtremes = defineCode({
  code: "CTF876",
  name: "fails-on-extreme-rows",
  severity: "info",
  what: "A transform fails on values at the ends of what the types hold: an overflow, a division by zero, a text of an unusual form.",
  why: "The types allow them. Whether they can come is for its author to say.",
  todo: "If they can come, mend the SQL (nullif(x, 0), a wider type); if not, a check at the output that they come from says so.",
});

export const needsUndeclaredKey = defineCode({
  code: "CTF877",
  name: "relies-on-undeclared-key",
  severity: "info",
  what: "An output's key holds only as long as an input has no rows that are alike, or whose ranges overlap, and nothing declared says so.",
  why: "A row that comes twice there makes the run fail here.",
  todo: "If it can come twice, mend the SQL. If the input is an output of this project, declare its primary_key.",
});

export const answersVanish = defineCode({
  code: "CTF878",
  name: "answers-vanish",
  severity: "error",
  what: "A flatten of generated documents has fewer rows, rejects and ignored answers together than the documents have answers.",
  why: "What a document says and no table holds is missed by nobody.",
  todo: "This is a fault of CTF, or a trigger or rule on the output takes rows away. Please report it.",
});

/** For docs/diagnostics. @public */
export const codes = [
  failsOnRows,
  breaksOwnRules,
  notTheSameTwice,
  dependsOnOrder,
  upsertNeverRests,
  notExercised,
  failsOnExtremes,
  needsUndeclaredKey,
  answersVanish,
];
