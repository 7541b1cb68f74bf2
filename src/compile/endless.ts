/** What PostgreSQL would be at for too long. */
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
import type { Code } from "../project/types.ts";
import { longestWithChain } from "../sql/questions/with_chain.ts";
import { isLostConnection, sqlstate } from "../warehouse/errors.ts";
import { notTried } from "./codes.ts";

/** PostgreSQL needs a second for these and two minutes for four times as many, and nothing can stop it meanwhile. */
const LONGEST_CHAIN = 200;

/** Whether it would be planned for so long that nobody tries. The caller has awaited `loadParser()`. */
export const isEndless = ({ text }: Code): boolean => longestWithChain(text) > LONGEST_CHAIN;

export const notPlanned = (transform: string, code: Code): Diagnostic =>
  notTried({
    message: `${transform} has ${longestWithChain(code.text)} WITH queries in a row that each read the one before: PostgreSQL may plan that for hours, so it was not tried`,
    span: spanOf(code),
    hint: "A run would take as long. Write AS MATERIALIZED at every hundredth of them, or cut it into several transforms.",
    transform,
  });

/** The time limit of a statement. */
export const isTimeUp = (error: unknown): boolean => sqlstate(error) === "57014";

/** Whether the server was cut short, so that nobody knows what it would have said. */
export const gaveNoAnswer = (error: unknown): boolean => isTimeUp(error) || isLostConnection(error);

/** Of a statement on tables without rows. */
export const noAnswer = (transform: string, code: Code): Diagnostic =>
  notTried({
    message: `PostgreSQL was at this SELECT of ${transform} for so long, on empty tables, that it was not tried to the end`,
    span: spanOf(code),
    hint: "A run would plan it for as long. Cut it into several transforms.",
    transform,
  });

const spanOf = ({ file, line, column }: Code): Span => ({ file, start: { line, column } });
