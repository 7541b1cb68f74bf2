/** What a worker says of a failure → a diagnostic at the user's own line. */
import { isAbsolute, relative, sep } from "node:path";
import type { Diagnostic, DiagnosticParts, Span } from "../../diagnostics/diagnostic.ts";
import type { Language } from "../../plan/types.ts";
import { keepWords } from "../../warehouse/errors.ts";
import {
  badFunction,
  badSyntax,
  badValue,
  missingPackage,
  otherColumns,
  raised,
  workerFault,
  workerGone,
} from "../codes.ts";
import {
  badScript,
  badScriptFunction,
  badScriptValue,
  missingImport,
  scriptFault,
  scriptGone,
  threw,
} from "../javascript/codes.ts";
import type { Ending } from "../process.ts";
import type { Place, WorkerFailure } from "../protocol.ts";

export interface Called {
  readonly language: Language;
  readonly root: string;
  /** From the project's root. */
  readonly file: string;
}

const CODES = {
  python: { raised, syntax: badSyntax, function: badFunction, value: badValue, gone: workerGone, fault: workerFault },
  javascript: {
    raised: threw,
    syntax: badScript,
    function: badScriptFunction,
    value: badScriptValue,
    gone: scriptGone,
    fault: scriptFault,
  },
} as const;
const NAMES = { python: "Python", javascript: "JavaScript" } as const;

export function spanOf({ root }: Called, place: Place): Span {
  const near = relative(root, place.file);
  const file = isAbsolute(place.file) && !near.startsWith("..") ? near.split(sep).join("/") : place.file;
  return { file, start: { line: place.line, column: place.column ?? 1 } };
}

export function failureProblem(failure: WorkerFailure, called: Called): Diagnostic {
  const top: Span = { file: called.file, start: { line: 1, column: 1 } };
  const at = (place: Place | undefined): Span => (place ? spanOf(called, place) : top);
  const codes = CODES[called.language];
  const name = NAMES[called.language];
  switch (failure.kind) {
    case "exception": {
      const last = failure.frames.at(-1);
      const diagnostic = codes.raised({
        message: `${failure.exception}${last?.function ? ` in ${last.function}()` : ""}`,
        span: at(last),
        ...chain(failure.frames, called),
        hint: `With --show-data the ${called.language === "python" ? "exception" : "error"}'s own words are shown: they may quote values.`,
      });
      keepWords(diagnostic, name, failure.text);
      return diagnostic;
    }
    case "syntax":
      return codes.syntax({ message: failure.message, span: at(failure.place) });
    case "missing_package":
      if (called.language === "javascript") return importProblem(failure.package, at(failure.place));
      return missingPackage({
        message: `the package ${failure.package} is not installed`,
        span: at(failure.place),
        hint:
          failure.package === "time-machine"
            ? 'The test sets the time, and only this package holds Python\'s clock still. "ctf python sync" installs it.'
            : `Add ${failure.package} to "python_requirements:" in ctf.yaml, then type "ctf python sync".`,
      });
    case "signature":
      return codes.function({ message: failure.message, span: at(failure.place), ...hint(failure.hint) });
    case "columns": {
      const parts = [
        ...failure.missing.map((name) => `${name} is missing`),
        ...failure.unknown.map((name) => `${name} is not declared`),
      ];
      const message = `what transform() returned does not have the output's columns: ${parts.join("; ")}`;
      return otherColumns({ message, span: top, ...hint(failure.hint) });
    }
    case "value": {
      const of = failure.parameter === undefined ? "" : `of ${failure.parameter}, `;
      const message = `${of}row ${failure.row}, column ${failure.column}: ${failure.message}`;
      const counted = failure.parameter === undefined ? ", in the order in which the function returned them" : "";
      return codes.value({ message, span: top, hint: `Rows count from 1${counted}. Nothing was published.` });
    }
    case "internal": {
      const diagnostic = codes.fault({
        message: `CTF's own ${name} code failed (${failure.exception})`,
        span: top,
        ...chain(failure.frames, called),
      });
      keepWords(diagnostic, name, failure.text);
      return diagnostic;
    }
  }
}

/** `specifier`: as the code has it. */
function importProblem(specifier: string, span: Span): Diagnostic {
  if (/^(?:\.{0,2}\/|file:)/.test(specifier)) {
    const hint = 'Files are named with their ending: "./helper.ts".';
    return missingImport({ message: `there is no file ${specifier}`, span, hint });
  }
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? [specifier];
  const message = `the package ${specifier} is not installed`;
  return missingImport({ message, span, hint: `Type "npm install ${name}" in the project's folder.` });
}

const hint = (text: string | undefined): Pick<DiagnosticParts, "hint"> => (text === undefined ? {} : { hint: text });

/** The calls that led to the last frame. */
function chain(frames: readonly Place[], called: Called): Pick<DiagnosticParts, "labels"> {
  const labels = frames
    .slice(0, -1)
    .map((frame) => ({ span: spanOf(called, frame), message: `called from ${frame.function ?? "here"}()` }));
  return labels.length > 0 ? { labels } : {};
}

export function goneProblem({ code, signal }: Extract<Ending, { type: "gone" }>, called: Called): Diagnostic {
  const how = signal === null ? `ended by itself with exit code ${code}` : `was ended from outside by ${signal}`;
  return CODES[called.language].gone({
    message: `the ${called.language === "python" ? "Python" : "Node.js"} process ${how} in the middle of the call`,
    span: { file: called.file, start: { line: 1, column: 1 } },
    ...hint(hints[called.language][signal ?? ""]),
  });
}

const hints: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  python: {
    SIGKILL:
      "If nobody killed it, the machine was out of memory: read inputs with .rows() or .batches(), and return a generator.",
    SIGSEGV: "The compiled code of a package crashed.",
    SIGABRT: "The compiled code of a package gave up.",
  },
  javascript: {
    SIGKILL: "If nobody killed it, the machine was out of memory.",
    SIGABRT: "It had all the memory that Node.js takes: the function may keep too much from call to call.",
  },
};
