/** CTF1xx: what one definition says. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";
import { good, output, paid } from "./examples.ts";

export const unknownKey = defineCode({
  code: "CTF101",
  name: "unknown-key",
  severity: "error",
  what: "A key has no meaning where it stands.",
  why: "A misspelt key would otherwise be passed over in silence, and what it says would not happen.",
  todo: "Correct it to the key that is suggested, or remove it.",
  bad: paid(`ownres: [claims@clover.example]\n${output}`),
  good: paid(`owners: [claims@clover.example]\n${output}`),
});

export const missingKey = defineCode({
  code: "CTF102",
  name: "missing-key",
  severity: "error",
  what: "A key that is needed is not there.",
  why: "There is no default that would be right for everyone.",
  todo: "Add the key.",
  bad: paid("output:\n  table: claims.paid\n  columns:\n    - {name: claim_id}\n"),
  good,
});

export const wrongType = defineCode({
  code: "CTF103",
  name: "wrong-type",
  severity: "error",
  what: "A value is of the wrong sort: a list where text is expected, text where a number is, and so on.",
  why: "Guessing what was meant would hide mistakes.",
  todo: "Write what is expected. Text that looks like a number or like true and false needs quotes.",
  bad: paid(`retries: twice\n${output}`),
  good: paid(`retries: 2\n${output}`),
});

export const badValue = defineCode({
  code: "CTF104",
  name: "bad-value",
  severity: "error",
  what: "A value is not one of those that are possible.",
  why: "It could not do what it says.",
  todo: "Write one that is possible; the message says which these are.",
  bad: paid(`timeout: 2 hours\n${output}`),
  good: paid(`timeout: 2h\n${output}`),
});

export const unknownKind = defineCode({
  code: "CTF105",
  name: "unknown-kind",
  severity: "error",
  what: "There is no such kind of transform.",
  why: "The kind says how a transform makes its output, and which keys its definition has.",
  todo: "Write one of the kinds that docs/formats lists.",
  bad: paid(output, "kind: create_table\n"),
  good,
});

export const badSchedule = defineCode({
  code: "CTF106",
  name: "bad-schedule",
  severity: "error",
  what: "A schedule is not five cron fields, or means a day that never comes.",
  why: "The pipeline would never run, or not when it was meant to.",
  todo: "Write minute, hour, day of month, month and day of week: `0 6 * * *` is daily at 6:00, `30 5 * * mon-fri` at 5:30 on weekdays.",
  bad: { ...good, "pipelines/claims/pipeline.yaml": 'schedule: "0 25 * * *"\n' },
  good: { ...good, "pipelines/claims/pipeline.yaml": 'schedule: "0 5 * * *"\n' },
});

export const nameTooLong = defineCode({
  code: "CTF107",
  name: "name-too-long",
  severity: "error",
  what: "A name is longer than PostgreSQL's 63 bytes.",
  why: "PostgreSQL cuts it off without an error, so two long names can become the same one.",
  todo: "Shorten it. Letters outside of a–z take two bytes or more.",
  bad: paid(output.replace("claims.paid", `claims.${"paid_".repeat(13)}`)),
  good,
});

export const badName = defineCode({
  code: "CTF108",
  name: "bad-name",
  severity: "error",
  what: "A table, view, function or variable has a name that is not plain, or one without its schema.",
  why: "CTF never guesses a schema, and PostgreSQL folds capitals in a name that is not in double quotes.",
  todo: 'Write schema.name in small letters, digits and _. A name that really has capitals or spaces goes in double quotes: raw."Claims 2018".',
  bad: paid(output.replace("claims.paid", "paid")),
  good,
});

export const duplicateColumn = defineCode({
  code: "CTF109",
  name: "duplicate-column",
  severity: "error",
  what: "A list names the same column twice.",
  why: "A table has only one column of a name.",
  todo: "Remove one, or correct its name.",
  bad: paid(`${output}    - {name: claim_id, type: text}\n`),
  good,
});

export const undeclaredColumn = defineCode({
  code: "CTF110",
  name: "undeclared-column",
  severity: "error",
  what: "A key, an index or the like names a column that is not among the output's columns.",
  why: "PostgreSQL could not make it.",
  todo: "Correct the name, or add the column under columns.",
  bad: paid(`${output}  primary_key: [claim]\n`),
  good: paid(`${output}  primary_key: [claim_id]\n`),
});

export const wrongOutput = defineCode({
  code: "CTF111",
  name: "wrong-output",
  severity: "error",
  what: "The definition's output is missing, or is one that its kind can't make.",
  why: "Each kind makes certain things: a table, a view, a function or a file.",
  todo: "Declare an output that the kind makes, or choose another kind.",
  bad: paid("output: {view: claims.paid}\n"),
  good,
});

export const conflictingKeys = defineCode({
  code: "CTF112",
  name: "conflicting-keys",
  severity: "error",
  what: "Keys stand together that exclude each other, or one stands where it can't have an effect.",
  why: "Only one of them could count.",
  todo: "Keep the one that is meant.",
  bad: paid(`${output}  indexes:\n    - columns: [{column: claim_id, expression: "claim_id + 1"}]\n`),
  good: paid(`${output}  indexes:\n    - columns: [claim_id]\n`),
});

export const definitionCodes: readonly Code[] = [
  unknownKey,
  missingKey,
  wrongType,
  badValue,
  unknownKind,
  badSchedule,
  nameTooLong,
  badName,
  duplicateColumn,
  undeclaredColumn,
  wrongOutput,
  conflictingKeys,
];
