/** What can go wrong with functions in JavaScript and TypeScript. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const threw = defineCode({
  code: "CTF620",
  name: "javascript-exception",
  ...error,
  what: "A function in JavaScript or TypeScript threw an error.",
  why: "Nothing was published.",
  todo: "The message names the line, and the calls that led to it. With --show-data the error's own words, which may quote values, are shown on your terminal.",
});
export const badScript = defineCode({
  code: "CTF621",
  name: "javascript-syntax",
  ...error,
  what: "The file can't be read by Node.js, or it is TypeScript that needs more than its types taken out.",
  why: "It is read anew for each run, and types are only left out: enums, namespaces and the like would have to be translated.",
  todo: "Mend the line that the message names. Where it is a TypeScript enum, write an object instead.",
});
export const missingImport = defineCode({
  code: "CTF622",
  name: "javascript-import",
  ...error,
  what: "The file imports another file, or a package, that is not there.",
  why: "Files are found by their whole names, packages in the project's node_modules.",
  todo: "Write a file's name with its ending; install a package in the project's folder.",
});
export const badScriptFunction = defineCode({
  code: "CTF623",
  name: "javascript-function",
  ...error,
  what: "The file exports no such function, it does not take what it is given, or what it gives is nothing that CTF can use.",
  why: "It is found by the name that the definition gives, and called with a path and a value.",
  todo: "Write `export function NAME(path, value) {`, and return a value that JSON has a form for.",
});
export const badScriptValue = defineCode({
  code: "CTF624",
  name: "javascript-value",
  ...error,
  what: "A function gave a value that JSON has no form for, such as undefined or NaN.",
  why: "CTF never leaves out, rounds or guesses without a word.",
  todo: "The message says in which document. Return null, a text, a number, a boolean, a list or a plain object.",
});
export const scriptGone = defineCode({
  code: "CTF625",
  name: "javascript-ended",
  ...error,
  what: "The Node.js process that calls the function ended in the middle of its work: it was killed, ran out of memory, or left by itself.",
  why: "Nothing was published.",
  todo: "After SIGKILL or SIGABRT look at the machine's memory, and at what the function keeps from call to call.",
});
export const nodeNotStarted = defineCode({
  code: "CTF626",
  name: "javascript-not-started",
  ...error,
  what: "Node.js began, and ended or fell silent before it could take work.",
  why: "Nothing was read or written.",
  todo: "The message holds its last line. NODE_OPTIONS may have something that Node.js does not take.",
});
export const scriptFault = defineCode({
  code: "CTF627",
  name: "javascript-internal",
  ...error,
  what: "CTF's own code failed in the process that calls JavaScript.",
  why: "This is a fault of CTF.",
  todo: "Please report it, with the run's log from .ctf/runs.",
});
