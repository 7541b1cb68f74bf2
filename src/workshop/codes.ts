/** What a command of the workshop can't do. */
import { type Code, defineCode } from "../diagnostics/diagnostic.ts";

export const unknownName = defineCode({
  code: "CTF470",
  name: "unknown-in-workshop",
  severity: "error",
  what: "A command of the workshop names a scenario or a processor that there is not, or none.",
  why: "Scenarios and processors are those of workshop.yaml in the data-dir, or of the file given by `--conf`.",
  todo: "Take one of the names in the message, or add yours to the conf file.",
});

export const tooMuch = defineCode({
  code: "CTF471",
  name: "too-much-for-processor",
  severity: "error",
  what: "A processor is to take a scenario with more events than the conf file allows it (`at_most`).",
  why: "It would take hours, or more memory than there is.",
  todo: "Let it take the first submissions only (`--first`), another scenario, or raise its `at_most`.",
});

export const runFailed = defineCode({
  code: "CTF472",
  name: "measured-run-failed",
  severity: "error",
  what: "One of the runs that `ctf etl compare` measures did not end well.",
  why: "Each runs in a process of its own, which failed or was ended by the system, as when memory is full.",
  todo: "Run the command of the message by itself to see why.",
});

export const databaseInUse = defineCode({
  code: "CTF473",
  name: "workshop-in-use",
  severity: "error",
  what: "Databases of the workshop could not be dropped.",
  why: "Another command is at work in them.",
  todo: "Wait for its end, then run `ctf etl clean` again.",
});

export const noFolder = defineCode({
  code: "CTF474",
  name: "no-data-dir",
  severity: "error",
  what: "The data-dir of the workshop is not a folder.",
  why: "The workshop keeps its server, its conf file and its results there.",
  todo: "Name a folder with `--data-dir`. It is made where there is none.",
});

/** For docs/diagnostics. @public */
export const codes: readonly Code[] = [unknownName, tooMuch, runFailed, databaseInUse, noFolder];
