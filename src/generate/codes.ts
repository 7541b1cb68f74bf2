/** CTF855–CTF869: rows that CTF makes up, and `ctf db fill`. */
import { defineCode } from "../diagnostics/diagnostic.ts";

export const noValues = defineCode({
  code: "CTF855",
  name: "no-values-found",
  severity: "error",
  what: "No values could be made up for a table: a check, a key or a type asks for what CTF can't think of.",
  why: "Rows that nobody wrote have to fit the table as it is declared, or PostgreSQL would refuse them.",
  todo: "Write some values under `examples:` of the column that the message names, or give the column in the row.",
});

export const nothingLocal = defineCode({
  code: "CTF856",
  name: "no-embedded-target",
  severity: "error",
  what: "Rows are to be made up, and no target of ctf.yaml is the database on this machine.",
  why: "Made-up rows, and samples of real ones, belong into a database of one's own.",
  todo: "Add `local: {embedded: true}` under `targets:` in ctf.yaml.",
});

export const badCount = defineCode({
  code: "CTF857",
  name: "bad-count",
  severity: "error",
  what: "A command is given a number of rows, or a seed, that is none.",
  why: "It could not do what it says.",
  todo: "Write a whole number as the message says.",
});

export const badSample = defineCode({
  code: "CTF858",
  name: "no-sample",
  severity: "error",
  what: "Real rows are to be copied from a target, and that can't be done safely, or makes no sense.",
  why: "No protected health information may come onto this machine, so all definitions have to be known.",
  todo: "Do what the message says; without --from, all rows are made up.",
});

/** For docs/diagnostics. @public */
export const codes = [noValues, nothingLocal, badCount, badSample];
