/** What can go wrong with files before a row of theirs reaches PostgreSQL. */
import { defineCode } from "../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const noFile = defineCode({
  code: "CTF801",
  name: "no-file",
  ...error,
  what: "No file matches a source's pattern.",
  why: "A load of nothing would publish an empty table.",
  todo: "Correct the pattern, or put the file there. `*` does not cross a `/`; `**` does.",
});
export const unsetInPattern = defineCode({
  code: "CTF802",
  name: "unset-in-pattern",
  ...error,
  what: "A source's pattern names an environment variable that is not set.",
  why: "The pattern would match other files than its author meant, or none.",
  todo: "Set the variable.",
});
export const unreadable = defineCode({
  code: "CTF803",
  name: "unreadable-file",
  ...error,
  what: "A file could not be read to its end: it is gone, closed to this user, cut short or damaged.",
  why: "A part of a file is never loaded as if it were the whole.",
  todo: "Get the file again from where it came from, or give yourself the permission to read it.",
});
export const s3Refused = defineCode({
  code: "CTF804",
  name: "s3-refused",
  ...error,
  what: "S3 did not give or take a file: no credentials, no permission, no such bucket, another region, no answer.",
  why: "CTF takes credentials and region from where every AWS program finds them, and never writes them down.",
  todo: "Try `aws s3 ls` with the same environment; what works there works here.",
});
export const changedMeanwhile = defineCode({
  code: "CTF805",
  name: "changed-while-read",
  ...error,
  what: "A file became another one while it was read.",
  why: "The beginning of one and the end of the other are nobody's data.",
  todo: "Run it again when the file is complete.",
});
export const columnsUnmatched = defineCode({
  code: "CTF806",
  name: "columns-unmatched",
  ...error,
  what: "The columns that a file names are not those of the output: some are unknown, missing or there twice.",
  why: "Columns are matched by name, never by place, so a file whose columns moved is still read right.",
  todo: "Declare the column, map it under `rename:`, or say `header: false` where the first line is data.",
});
export const unknownEncoding = defineCode({
  code: "CTF807",
  name: "unknown-encoding",
  ...error,
  what: "A source has an encoding that CTF can't read.",
  why: "Guessing would turn names into others' names.",
  todo: "Write one of PostgreSQL's encodings: UTF8, LATIN1, WIN1252 …",
});
export const unknownKeys = defineCode({
  code: "CTF808",
  name: "unknown-keys",
  severity: "warning",
  what: "The objects of a JSON lines file have keys that are none of the output's columns; they were not loaded.",
  why: "Nothing is left out without a word.",
  todo: "Declare columns for them, map them under `rename:`, or leave it so.",
});
export const badDateFormat = defineCode({
  code: "CTF809",
  name: "bad-date-format",
  ...error,
  what: "A field's date format has something in it that stands for no part of a date or time.",
  why: "A date read by the wrong parts is a wrong date.",
  todo: "Use YYYY, YY, MM, DD, DDD, HH24, MI and SS, with what stands between them as it is.",
});
export const notUploaded = defineCode({
  code: "CTF810",
  name: "not-uploaded",
  ...error,
  what: "A file could not be uploaded to S3.",
  why: "What was there before is still there: an upload is visible only when it is whole.",
  todo: "See the message, then run it again.",
});

/** All of this room, for the catalogue. @public */
export const codes = [
  noFile,
  unsetInPattern,
  unreadable,
  s3Refused,
  changedMeanwhile,
  columnsUnmatched,
  unknownEncoding,
  unknownKeys,
  badDateFormat,
  notUploaded,
];
