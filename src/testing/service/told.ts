/** What went wrong, for the other side. */
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { PieceProblem } from "../../library/problem.ts";
import { databaseError, isLostConnection, unmasked } from "../../warehouse/errors.ts";
import { testFailed } from "../codes.ts";
import type { Problem, ToldDiagnostic } from "./protocol.ts";

export function problemOf(error: unknown): Problem {
  if (error instanceof PieceProblem) {
    const { kind, message, candidates, start } = error;
    return {
      type: "piece",
      kind,
      message,
      candidates: candidates.map((one) => ({ piece: one.selector, ...one.start })),
      ...(start && { place: start }),
    };
  }
  if (error instanceof DiagnosticError) return { type: "diagnostics", diagnostics: error.diagnostics.map(told) };
  if (isLostConnection(error)) {
    const message = "the test took too long, or ended its own session";
    return { type: "diagnostics", diagnostics: [told(testFailed({ message }))] };
  }
  const refused = databaseError(error);
  if (refused) {
    const { message, detail, code = "", position } = refused;
    return {
      type: "database",
      message: detail === undefined ? message : `${message} (${detail})`,
      sqlstate: code,
      ...(position !== undefined && { position: Number(position) }),
    };
  }
  return { type: "fault", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function told(diagnostic: Diagnostic): ToldDiagnostic {
  const { code, message, span, hint } = diagnostic;
  const words = unmasked(diagnostic);
  return {
    code,
    message,
    ...(span && { file: span.file }),
    ...(span?.start && { line: span.start.line, column: span.start.column }),
    ...(hint !== undefined && { hint }),
    ...(words !== undefined && { words }),
  };
}
