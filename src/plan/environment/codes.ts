import { defineCode } from "../../diagnostics/diagnostic.ts";

export const notMovable = defineCode({
  code: "CTF350",
  name: "not-movable",
  severity: "error",
  what: "A target with a prefix can't run this transform: its SQL names or changes something in a way that nobody can see before it runs.",
  why: "In an environment every name of an output is exchanged for its own. One that is left alone would read or change production.",
  todo: "Write the name out as schema.table in plain SQL; or leave the transform to the target without a prefix.",
});

export const notBuiltHere = defineCode({
  code: "CTF351",
  name: "not-built-here",
  severity: "error",
  what: "A transform is to run on a target with a prefix, and an input of it was built neither there nor where the target defers to.",
  why: "There is nothing to read. What stands under the name without the prefix is another target's.",
  todo: "Run the input's transform on the target as well (`--upstream`), or let the target defer to one that has it: `defer:` in ctf.yaml.",
});

/** For docs/diagnostics. @public */
export const codes = [notMovable, notBuiltHere];
