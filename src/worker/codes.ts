/** What can go wrong with Python transforms. */
import { defineCode } from "../diagnostics/diagnostic.ts";
import * as javascript from "./javascript/codes.ts";

const error = { severity: "error" } as const;

export const noPython = defineCode({
  code: "CTF601",
  name: "no-python",
  ...error,
  what: "There is no Python to run a python transform, or what ctf.yaml names can't be run.",
  why: "Python transforms run in the project's own Python, so that its packages are the project's choice.",
  todo: "`ctf python sync` makes the project's `.venv`; or install Python 3.11 or newer, or name one under `python:` in ctf.yaml.",
});
export const oldPython = defineCode({
  code: "CTF602",
  name: "python-too-old",
  ...error,
  what: "The Python that was found is older than 3.11.",
  why: "CTF's own Python code needs 3.11.",
  todo: "Name a newer one under `python:` in ctf.yaml, or make the `.venv` anew with it.",
});
export const notStarted = defineCode({
  code: "CTF603",
  name: "python-not-started",
  ...error,
  what: "Python began, and ended or fell silent before it could take work.",
  why: "Nothing was read or written.",
  todo: "The message holds Python's last line. `ctf python` tells which Python it is; `ctf python sync` mends its packages.",
});
export const raised = defineCode({
  code: "CTF604",
  name: "python-exception",
  ...error,
  what: "The transform's Python code raised an exception.",
  why: "Nothing was published.",
  todo: "The message names the line, and the calls that led to it. With --show-data the exception's own words, which may quote values, are shown on your terminal.",
});
export const badSyntax = defineCode({
  code: "CTF605",
  name: "python-syntax",
  ...error,
  what: "The Python file can't be read by Python.",
  why: "It is read anew for each run.",
  todo: "Mend the line that the message names.",
});
export const missingPackage = defineCode({
  code: "CTF606",
  name: "missing-package",
  ...error,
  what: "The transform imports a package that its Python does not have.",
  why: "Packages are declared in ctf.yaml, so that every machine runs the same ones.",
  todo: "Add the package to `python_requirements:` in ctf.yaml, then `ctf python sync`.",
});
export const badFunction = defineCode({
  code: "CTF607",
  name: "python-signature",
  ...error,
  what: "The file has no function `transform`, its parameters are not the inputs, or what it returned is nothing that CTF can store.",
  why: "Parameters are bound to inputs by their names.",
  todo: "Write `def transform(INPUT, …)` with one parameter for each input, and `ctx` if wanted; return rows, Arrow or a DataFrame.",
});
export const otherColumns = defineCode({
  code: "CTF608",
  name: "python-columns",
  ...error,
  what: "The rows that the function returned do not have the output's columns.",
  why: "Others rely on the declared columns.",
  todo: "Return the missing columns, leave out the unknown ones, or change the declaration.",
});
export const badValue = defineCode({
  code: "CTF610",
  name: "python-value",
  ...error,
  what: "A value can't be stored in its column as it is, or one of an input has no form in Python.",
  why: "CTF never rounds, cuts or guesses without a word.",
  todo: "The message names row and column. Convert the value in the function, or declare another type.",
});
export const workerGone = defineCode({
  code: "CTF613",
  name: "python-ended",
  ...error,
  what: "The Python process ended in the middle of its work: it was killed, ran out of memory, or a package's compiled code crashed.",
  why: "Nothing was published.",
  todo: "After SIGKILL look at the machine's memory first: read the inputs as a stream (`.rows()`, `.batches()`) and return a generator.",
});
export const workerFault = defineCode({
  code: "CTF614",
  name: "python-internal",
  ...error,
  what: "CTF's own Python code failed.",
  why: "This is a fault of CTF.",
  todo: "Please report it, with the run's log from .ctf/runs.",
});
export const noUv = defineCode({
  code: "CTF615",
  name: "no-uv",
  ...error,
  what: "`ctf python sync` needs uv, which is neither on PATH nor could be installed.",
  why: "uv resolves and installs the project's packages, each with its hash.",
  todo: "Install uv (it is on PyPI), or look at the network and at pip's settings.",
});
export const notSynced = defineCode({
  code: "CTF616",
  name: "python-sync-failed",
  ...error,
  what: "uv could not resolve or install the packages of `python_requirements:`.",
  why: "Without them the transforms that import them fail.",
  todo: "uv's own words stand in the message's hint: a package's name or version, or the network.",
});

/** For docs/diagnostics. @public */
export const codes = [
  noPython,
  oldPython,
  notStarted,
  raised,
  badSyntax,
  missingPackage,
  badFunction,
  otherColumns,
  badValue,
  workerGone,
  workerFault,
  noUv,
  notSynced,
  ...Object.values(javascript),
];
