import { defineCode } from "../../diagnostics/diagnostic.ts";

export const notComparable = defineCode({
  code: "CTF450",
  name: "not-comparable",
  severity: "error",
  what: "`ctf diff --data` was asked to compare something that is not there to be compared.",
  why: "What can be compared is a table with what its SELECT gives now, with the same table on another target, and, where `keep_previous` asked for it, with what it held before it was published last.",
  todo: "Compare before the run: `ctf diff --data TRANSFORM`. Or name another target: `--against TARGET`. Or write `keep_previous: true` and compare with `--against previous` after the next one.",
});

export const noKey = defineCode({
  code: "CTF451",
  name: "no-key",
  severity: "error",
  what: "Rows are compared by key, and the table declares none.",
  why: "Without a key nobody can tell a changed row from one that is gone and another that is new.",
  todo: "Name the columns that tell its rows apart: `--key a,b`; better, declare them as `primary_key`.",
});

export const keyNotUnique = defineCode({
  code: "CTF452",
  name: "key-not-unique",
  severity: "error",
  what: "The columns that rows are to be compared by have the same values in several rows.",
  why: "Rows that share a key can't be paired, so every count would be arbitrary.",
  todo: "Name more columns: `--key a,b`.",
});

/** For docs/diagnostics. @public */
export const codes = [notComparable, noKey, keyNotUnique];
