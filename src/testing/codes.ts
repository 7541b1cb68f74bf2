/** CTF86x: tests of transforms. */
import { defineCode } from "../diagnostics/diagnostic.ts";

export const unknownInTest = defineCode({
  code: "CTF861",
  name: "unknown-in-test",
  severity: "error",
  what: "A test names a table, transform, source, column or variable that the project does not have.",
  why: "Rows for a misspelt name would never be read, and the test would say nothing.",
  todo: "Correct the name. Tables are named `schema.table`, transforms and sources by their names.",
});

export const impossibleTest = defineCode({
  code: "CTF862",
  name: "impossible-test",
  severity: "error",
  what: "A test says something that can't be tested like this, or nothing that could fail.",
  why: "It would pass or fail for a reason that has nothing to do with the transform.",
  todo: "Do what the message says.",
});

export const badTestValue = defineCode({
  code: "CTF863",
  name: "bad-test-value",
  severity: "error",
  what: "A row of a test has a value that its column can't hold, or breaks a rule of its table.",
  why: "PostgreSQL reads what is written under given, before and expect as the column's declared type, and keeps keys, checks and NOT NULLs.",
  todo: "Correct the row. A column that does not matter to the test can be left out.",
});

export const testFailed = defineCode({
  code: "CTF864",
  name: "test-failed",
  severity: "error",
  what: "A transform did not do what its test expects.",
  why: "Either the transform is wrong, or the expectation.",
  todo: "Mend the transform; or, if what it gives now is right, write it back with `ctf test --update`.",
});

export const notFrozen = defineCode({
  code: "CTF865",
  name: "clock-not-frozen",
  severity: "error",
  what: "A test sets the time with `now:`, and something in the SQL reads the clock in a way that can't be held still.",
  why: "The test would give another result tomorrow.",
  todo: "Write the SQL so that the time comes in by now(), CURRENT_DATE or a variable; or leave `now:` out.",
});

export const noSuchPiece = defineCode({
  code: "CTF866",
  name: "no-such-piece",
  severity: "error",
  what: "A test is of a piece of the SQL that can't be found or can't be run by itself.",
  why: "There would be nothing to compare.",
  todo: "Choose one of the pieces that the message lists.",
});

export const cannotPrepare = defineCode({
  code: "CTF867",
  name: "tables-not-made",
  severity: "error",
  what: "A table that a test needs can't be made as it is declared.",
  why: "Tests run on empty tables that are made from the declarations.",
  todo: "Mend the declaration: `ctf check` tells more.",
});

export const lowCoverage = defineCode({
  code: "CTF868",
  name: "low-coverage",
  severity: "error",
  what: "Less of the project has tests than `min_coverage` in ctf.yaml asks for.",
  why: "What nobody tests may be wrong without anybody noticing.",
  todo: "Write tests for what `ctf test --coverage` lists, or lower min_coverage.",
});

export const perhapsNotFrozen = defineCode({
  code: "CTF869",
  name: "clock-perhaps-not-frozen",
  severity: "warning",
  what: "A test sets the time with `now:`, and nobody can see whether something in the SQL reads the clock.",
  why: "If it does, the test gives another result tomorrow.",
  todo: "Say the type of what is meant ('today'::date), or take the time as an argument; if it is no matter of time, all is well.",
});

/** For docs/diagnostics. @public */
export const codes = [
  unknownInTest,
  impossibleTest,
  badTestValue,
  testFailed,
  notFrozen,
  noSuchPiece,
  cannotPrepare,
  lowCoverage,
  perhapsNotFrozen,
];
