import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Code } from "../../project/types.ts";
import { problem, sqlstate } from "../../warehouse/errors.ts";

/** Functions, types and schemas that the warehouse may well have: the scratch server knows only what comes with PostgreSQL. */
const NOT_ON_SCRATCH = new Set(["42883", "42704", "3F000", "58P01"]);

/** The SQL may be right, but the scratch server can't tell. */
export class UnknownOnScratch extends DiagnosticError {}

/** What PostgreSQL has against a person's SQL, at its place in the file. */
export function sqlProblem(error: unknown, code: Code): DiagnosticError {
  const diagnostics = [problem(error, { code })];
  return NOT_ON_SCRATCH.has(sqlstate(error) ?? "")
    ? new UnknownOnScratch(diagnostics)
    : new DiagnosticError(diagnostics);
}
