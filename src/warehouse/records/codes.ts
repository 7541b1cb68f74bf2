/** What can go wrong with schema ctf. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const newerRecords = defineCode({
  code: "CTF505",
  name: "newer-records",
  ...error,
  what: "Schema ctf in the warehouse was made by a newer CTF.",
  why: "An older CTF could not keep its records right.",
  todo: "Update CTF.",
});

/** For docs/diagnostics. @public */
export const codes = [newerRecords];
