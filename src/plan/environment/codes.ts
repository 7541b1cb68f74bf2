import { defineCode } from "../../diagnostics/diagnostic.ts";

export const notMovable = defineCode({
  code: "CTF350",
  name: "not-movable",
  severity: "error",
  what: "A target with a prefix can't run this transform: its SQL names or changes something in a way that nobody can see before it runs.",
  why: "In an environment every name of an output is exchanged for its own. One that is left alone would read or change production.",
  todo: "Write the name out as schema.table in plain SQL; or leave the transform to the target without a prefix.",
});

/** For docs/diagnostics. @public */
export const codes = [notMovable];
