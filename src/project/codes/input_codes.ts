/** CTF2xx: inputs and outputs. Those of the whole graph are in check/. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";
import { good, output, paid } from "./examples.ts";

export const unknownInput = defineCode({
  code: "CTF201",
  name: "unknown-input",
  severity: "error",
  what: "An input names a transform or a source that the project does not have.",
  why: "CTF orders transforms by their inputs, so each must lead somewhere.",
  todo: "Correct the name. A transform of another pipeline needs `pipeline:` beside it, and what CTF does not build is a `source:`.",
  bad: paid(`inputs:\n  - transform: claim\n${output}`),
  good,
});

export const duplicateOutput = defineCode({
  code: "CTF202",
  name: "duplicate-output",
  severity: "error",
  what: "Two transforms make the same output, or one makes what a source says that CTF does not build.",
  why: "Each would undo the other's work.",
  todo: "Give one of them another name, or remove it.",
  bad: { ...good, "pipelines/claims/paid_again.yaml": "kind: no_op\noutput: {table: claims.paid}\n" },
  good: { ...good, "pipelines/claims/paid_again.yaml": "kind: no_op\noutput: {table: claims.paid_again}\n" },
});

export const duplicateSource = defineCode({
  code: "CTF204",
  name: "duplicate-source",
  severity: "error",
  what: "Two sources have the same name, or name the same table.",
  why: "An input would not know which of them is meant.",
  todo: "Rename one, or remove it.",
  bad: {
    ...good,
    "sources/reference.yaml": "sources:\n  - {name: days, table: raw.days}\n  - {name: days, table: raw.days_2}\n",
  },
  good: {
    ...good,
    "sources/reference.yaml": "sources:\n  - {name: days, table: raw.days}\n  - {name: days_2, table: raw.days_2}\n",
  },
});

export const selfInput = defineCode({
  code: "CTF205",
  name: "self-input",
  severity: "error",
  what: "A transform names itself among its inputs.",
  why: "It would have to be built before it is built. Only a kind that keeps its table's rows can read its own earlier ones.",
  todo: "Remove the input, or choose a kind that may read itself.",
  bad: paid(`inputs:\n  - transform: paid\n${output}`),
  good,
});

export const duplicateInput = defineCode({
  code: "CTF206",
  name: "duplicate-input",
  severity: "error",
  what: "An input stands twice in the list.",
  why: "It says nothing new, and was probably meant to be another one.",
  todo: "Remove one of them, or correct its name.",
  bad: {
    ...paid(`inputs:\n  - source: days\n  - source: days\n${output}`),
    "pipelines/claims/paid.sql": "SELECT day_id AS claim_id FROM raw.days\n",
    "sources/reference.yaml": "sources:\n  - {name: days, table: raw.days}\n",
  },
  good: {
    ...paid(`inputs:\n  - source: days\n${output}`),
    "pipelines/claims/paid.sql": "SELECT day_id AS claim_id FROM raw.days\n",
    "sources/reference.yaml": "sources:\n  - {name: days, table: raw.days}\n",
  },
});

export const inputCodes: readonly Code[] = [unknownInput, duplicateOutput, duplicateSource, selfInput, duplicateInput];
