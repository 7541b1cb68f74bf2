import { type Code, defineCode } from "../diagnostics/diagnostic.ts";

export const unknownVariable = defineCode({
  code: "CTF411",
  name: "unknown-variable",
  severity: "error",
  what: "A command gives a value to a variable that the project does not declare.",
  why: "A misspelt name would silently leave the default in place.",
  todo: "Look for the name in `ctf vars`, or declare it under `vars:` in ctf.yaml.",
});

export const wrongVariableValue = defineCode({
  code: "CTF412",
  name: "wrong-variable-value",
  severity: "error",
  what: "A command gives a variable a value that is not of its type.",
  why: "PostgreSQL would refuse it in the middle of a run, or read it differently in another session.",
  todo: "Write the value as the message shows.",
});

export const missingVariable = defineCode({
  code: "CTF413",
  name: "missing-variable",
  severity: "error",
  what: "A transform reads a variable that has no default and was given no value.",
  why: "The transform can't run without it, and no value can be assumed.",
  todo: "Give it with `--var name=value`, or declare a default under `vars:` in ctf.yaml.",
});

export const unknownTarget = defineCode({
  code: "CTF414",
  name: "unknown-target",
  severity: "error",
  what: "A command names a target that ctf.yaml does not declare.",
  why: "A target says which warehouse outputs go to; it is never guessed.",
  todo: "Name one of the targets in ctf.yaml.",
});

export const brokenProject = defineCode({
  code: "CTF415",
  name: "broken-project",
  severity: "error",
  what: "A command that deletes needs to know every definition, and some can't be read.",
  why: "What a broken definition names would look as if nobody named it.",
  todo: "Mend the project first: `ctf check` shows what is wrong.",
});

export const cannotAsk = defineCode({
  code: "CTF416",
  name: "cannot-ask",
  severity: "error",
  what: "A command asks before it deletes, and there is no terminal to ask on.",
  why: "Nothing is dropped that nobody agreed to.",
  todo: "Look at the list, then say --yes.",
});

export const unknownColumn = defineCode({
  code: "CTF417",
  name: "unknown-column",
  severity: "error",
  what: "A command names a column that no output and no source of the project declares.",
  why: "CTF follows the columns that definitions and sources declare, and no others.",
  todo: "Write it as `schema.table.column`; `ctf show` lists the columns of a transform's output.",
});

export const noEnvironment = defineCode({
  code: "CTF420",
  name: "no-environment",
  severity: "error",
  what: "A command on environments names a target that has no prefix.",
  why: "Such a target is production itself; it is never dropped as a whole.",
  todo: "Name a target that ctf.yaml gives a prefix.",
});

export const environmentInUse = defineCode({
  code: "CTF421",
  name: "environment-in-use",
  severity: "error",
  what: "An environment is to be dropped while a run is at work in it.",
  why: "The run would go on building into schemas that are being dropped.",
  todo: "Wait for its end, or stop it.",
});

export const notOnlyOurs = defineCode({
  code: "CTF422",
  name: "not-only-ours",
  severity: "error",
  what: "An environment is to be dropped, and something would go that CTF did not make, or can't prove to have made.",
  why: "Somebody may need it. Helpers that statements make beside their outputs, such as types, are not in the records either.",
  todo: "Look at what is named, then say --cascade.",
});

/** For docs/diagnostics. @public */
export const codes: readonly Code[] = [
  unknownVariable,
  wrongVariableValue,
  missingVariable,
  unknownTarget,
  brokenProject,
  cannotAsk,
  unknownColumn,
  noEnvironment,
  environmentInUse,
  notOnlyOurs,
];
