/** What can go wrong between nested documents and their rows. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";

export const answersRejected = defineCode({
  code: "CTF880",
  name: "answers-rejected",
  severity: "warning",
  what: "Some answers of the documents are no events: their form does not know them, or they do not fit it.",
  why: "The events are there, and all others are kept in the rejects table with their reason, so nothing is lost.",
  todo: "Look at the rejects table. Correct the form's schema or the documents; or name the paths under ignore.",
});
export const answersLost = defineCode({
  code: "CTF881",
  name: "answers-lost",
  severity: "error",
  what: "CTF counted more or fewer answers in the documents than it made events, rejected and ignored together.",
  why: "No answer may vanish, so nothing was published. It is a fault of CTF.",
  todo: "Report it, with the numbers of the message.",
});
export const notDocuments = defineCode({
  code: "CTF882",
  name: "not-documents",
  severity: "error",
  what: "The column that is to hold the documents or the forms' schemas is not of type jsonb, json or text.",
  why: "Nothing else holds JSON.",
  todo: "Name the right column.",
});
export const severalForms = defineCode({
  code: "CTF883",
  name: "several-forms",
  severity: "error",
  what: "There are several forms, and the definition does not say which one a document answers.",
  why: "An answer can only be told by its own form.",
  todo: "Name the column that says it: schema_key of the documents, and key of the schema.",
});
export const besideTaken = defineCode({
  code: "CTF884",
  name: "beside-table-taken",
  severity: "error",
  what: "Something that CTF did not make has the name of a table that a flatten keeps beside its output.",
  why: "Rejects, questions or digests have no place to go, so nothing was begun.",
  todo: "Rename or drop it, or give another name in the definition.",
});

/** Gathered by scripts/generate. @public */
export const codes: readonly Code[] = [answersRejected, answersLost, notDocuments, severalForms, besideTaken];
