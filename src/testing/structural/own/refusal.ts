/** Who refused, where a transform was tried by a run's steps: what Python says among them. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { PlannedTransform } from "../../../plan/types.ts";
import { badReturnedRow } from "../../../warehouse/build/codes.ts";
import {
  badFunction,
  badSyntax,
  badValue,
  missingPackage,
  noPython,
  notStarted,
  oldPython,
  otherColumns,
  raised,
  workerFault,
  workerGone,
} from "../../../worker/codes.ts";
import {
  badScript,
  badScriptFunction,
  missingImport,
  nodeNotStarted,
  scriptFault,
  scriptGone,
} from "../../../worker/javascript/codes.ts";
import { inWords } from "../../judge/judge.ts";
import type { Refusal } from "../trying/outcome.ts";
import { refusalOf } from "../trying/rehearse_action.ts";

/** The function can't be called at all, whatever the rows. */
const CODE: ReadonlySet<string> = new Set(
  [
    ...[badFunction, badSyntax, missingPackage, noPython, notStarted, oldPython],
    ...[badScript, badScriptFunction, missingImport, nodeNotStarted],
  ].map(({ code }) => code),
);

const MACHINE: ReadonlySet<string> = new Set(
  [
    ...[noPython, oldPython, notStarted, missingPackage, workerGone, workerFault],
    ...[missingImport, nodeNotStarted, scriptGone, scriptFault],
  ].map(({ code }) => code),
);

/** Another machine, or the same one tomorrow, may say something else. */
export const isOfTheMachine = ({ code }: Diagnostic): boolean => MACHINE.has(code);

/** SQLSTATE of PostgreSQL's own data exceptions: a value of the right type that something can't be done with. */
const DATA = "22000";

/** @throws what is none of the transform's doing */
export function refusalInOwn(error: unknown, planned: PlannedTransform): Refusal {
  const diagnostics = inWords(error, planned);
  const [first] = diagnostics;
  const code = first?.code ?? "";
  if (CODE.has(code)) return { diagnostics, by: "code", state: undefined };
  if (code === otherColumns.code) return { diagnostics, by: "declaration", state: undefined };
  if (code === badValue.code || code === badReturnedRow.code) return { diagnostics, by: "query", state: DATA };
  if (code === raised.code) return { diagnostics, by: "query", state: isAboutValue(first!) ? DATA : undefined };
  return refusalOf(error, diagnostics);
}

/** By the type of the exception, with which the message begins. */
const isAboutValue = ({ message }: Diagnostic): boolean =>
  /^(?:\w+\.)*(?:ValueError|ArithmeticError|ZeroDivisionError|OverflowError|FloatingPointError|InvalidOperation|DivisionByZero|JSONDecodeError|Unicode\w*Error|OutOfBoundsDatetime|ArrowInvalid)\b/.test(
    message,
  );
