/**
 * The one place where PostgreSQL's errors become diagnostics. They are made from SQLSTATE, position and object names.
 * The server's message and detail can quote rows, so they are left out, but for errors that the server finds before it
 * runs anything: those speak of the query's text alone. `--show-data` reads the rest by `unmasked`.
 */
import pg from "pg";
import {
  DiagnosticError,
  type Diagnostic,
  type DiagnosticParts,
  type Position,
  type Span,
} from "../diagnostics/diagnostic.ts";
import type { Code } from "../project/types.ts";
import { positionIn } from "../sql/positions.ts";
import { BatchError } from "./session/batch.ts";
import { checkFailed, duplicateKey, foreignKeyFailed, nullInColumn } from "./build/codes.ts";
import { databaseFailed, missingSchemaRight, queryFailed } from "./codes.ts";
import { connectionLost } from "./session/codes.ts";

/** SQL that was changed before it was run knows itself where a place of it stands in the person's file. */
export interface Rewritten {
  readonly toFile?: (offset: number) => Position;
}

/** Where the failed statement came from: a person's SQL that begins after `offset` code points of the statement. */
export interface Origin {
  readonly table?: string;
  /** How to speak of a constraint by its name. */
  readonly constraint?: (name: string | undefined) => string;
  /** Why a column may have no NULLs, where not by its declaration. */
  readonly notNull?: string;
  /** What to do where two rows have one key. */
  readonly doubledKey?: string;
  readonly code?: Code & Rewritten;
  readonly offset?: number;
  /** The place to name when the error has no position in a person's SQL. */
  readonly span?: Span;
}

const serverWords = new WeakMap<Diagnostic, string>();
const serverStates = new WeakMap<Diagnostic, string>();

/**
 * The words of PostgreSQL or Python themselves, which may quote rows: for a terminal, when asked for with --show-data, and
 * nowhere else.
 */
export const unmasked = (diagnostic: Diagnostic): string | undefined => serverWords.get(diagnostic);

/** The SQLSTATE behind it, of whatever a function raised, too: for comparing. Messages name those of PostgreSQL alone. */
export const stateOf = (diagnostic: Diagnostic): string | undefined => serverStates.get(diagnostic);

/** Keeps somebody's own words beside a diagnostic, for `unmasked`. */
export const keepWords = (
  diagnostic: Diagnostic,
  speaker: "PostgreSQL" | "Python" | "JavaScript",
  words: string,
): void => {
  serverWords.set(diagnostic, `${speaker}: ${words}`);
};

/** The diagnostic as that of a transform. The server's words stay with it, or come from the one that it was made from. */
export function attributed(diagnostic: Diagnostic, transform: string, from: Diagnostic = diagnostic): Diagnostic {
  const its = { ...diagnostic, transform };
  const theirs = serverWords.get(from);
  if (theirs !== undefined) serverWords.set(its, theirs);
  const state = stateOf(from);
  if (state !== undefined) serverStates.set(its, state);
  return its;
}

/** Found while reading the query, before any row: the message names only what the text names. */
const foundInText = new Set([
  "42601",
  "42703",
  "42P01",
  "42883",
  "42702",
  "42804",
  "42803",
  "42846",
  "42P18",
  "42725",
  "42P10",
  "42701",
  "42712",
  "42P02",
  "42704",
  "42809",
  "42P20",
  "42P19",
  "3F000",
  "0A000",
  "42P09",
  "42P08",
  "42723",
  "42P07",
]);

const words: Readonly<Record<string, string>> = {
  "0A000": "PostgreSQL does not support this",
  "21000": "a subquery used as a value gave more than one row",
  "22000": "a value is not what was expected",
  "22001": "a text is too long for its type",
  "22003": "a number is out of its type's range",
  "22004": "a NULL where none is allowed",
  "22007": "a text is not a date or time in the expected form",
  "22008": "a date or time is out of range",
  "22011": "a substring of a negative length",
  "22012": "division by zero",
  "22021": "bytes that are not valid in the encoding",
  "22023": "a function was given a value that it does not take",
  "22026": "a bit string of the wrong length",
  "22030": "a JSON object with the same key twice",
  "22032": "a text that is not valid JSON",
  "2201B": "a text that is not a valid regular expression",
  "2201E": "a logarithm of a number that has none",
  "2201F": "a power of a number that has none",
  "2202E": "an array's index is out of its range",
  "2200G": "a value's type is not the declared one",
  "22P02": "a text can't be read as the type it is cast to",
  "22P03": "a binary value has the wrong form",
  "22P04": "the row does not have the expected columns",
  "22P05": "a character that the encoding does not have",
  "25001": "the statement can't run in a transaction",
  "25006": "the transaction may only read",
  "25P02": "an earlier statement had failed",
  "2BP01": "other objects depend on it",
  "38000": "a function failed",
  "3F000": "a schema does not exist",
  "40001": "it conflicted with another transaction",
  "40P01": "it deadlocked with another transaction",
  "42601": "a syntax error",
  "42701": "a column comes twice",
  "42702": "a column's name is ambiguous",
  "42703": "a column does not exist",
  "42704": "an object does not exist",
  "42710": "an object exists already",
  "42723": "a function exists already",
  "42725": "a function's name is ambiguous",
  "42804": "types do not match",
  "42809": "an object is of the wrong sort",
  "42846": "a type can't be cast to another",
  "42883": "a function or operator does not exist",
  "42P01": "a relation does not exist",
  "42P07": "a relation exists already",
  "42P16": "a definition that PostgreSQL does not allow",
  "53100": "the server's disk is full",
  "53200": "the server is out of memory",
  "53400": "a configured limit was exceeded",
  "54000": "a limit of PostgreSQL was exceeded",
  "54001": "a statement nests too deeply",
  "54011": "there are more columns than PostgreSQL allows",
  "55000": "an object is not in the state that this needs",
  "55006": "an object is in use",
  "55P03": "a lock was not to be had in time",
  "57014": "it was cancelled",
  "57P01": "the server ended the session",
  "57P02": "the server crashed",
  "57P03": "the server is starting or stopping",
  P0001: "the SQL raised an error of its own",
  P0002: "a query gave no row where one was needed",
  P0003: "a query gave more than one row where one was needed",
  P0004: "an assertion of the SQL failed",
  XX000: "an internal error of the server",
};

/** `division by zero`. Only for codes that PostgreSQL itself gave. */
export const stateWords = (state: string): string => words[state] ?? `an error of class ${state.slice(0, 2)}`;

/** `division by zero (SQLSTATE 22012)`. A function can raise any code that it likes, so one that we don't know is not said. */
function inWords(error: pg.DatabaseError): string {
  const state = error.code ?? "";
  const text = words[state] ?? (isRaised(error) ? words["P0001"] : `an error of class ${state.slice(0, 2)}`);
  return isRaised(error) && !(state in words) ? `${text}` : `${text} (SQLSTATE ${state})`;
}

/** Raised while a function or dynamic SQL ran: nothing in it is sure to be PostgreSQL's own, not even names and codes. */
const isRaised = (error: pg.DatabaseError): boolean => error.where !== undefined && !error.where.startsWith("COPY ");

export const databaseError = (error: unknown): pg.DatabaseError | undefined => {
  const cause = error instanceof BatchError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause : undefined;
};

export const sqlstate = (error: unknown): string | undefined => databaseError(error)?.code;

/** Worth another try: serialization, deadlock, lock timeout, a lost connection, a server that restarts. */
export function isTransient(error: unknown): boolean {
  const state = sqlstate(error);
  if (state !== undefined) return /^(40001|40P01|55P03|57P01|57P02|57P03|08)/.test(state);
  return isLostConnection(error);
}

export function isLostConnection(error: unknown): boolean {
  const cause = error instanceof BatchError ? error.cause : error;
  if (cause instanceof pg.DatabaseError) return /^(08|57P0[123])/.test(cause.code ?? "");
  return (
    cause instanceof Error &&
    /Connection terminated|ECONNRESET|EPIPE|ECONNREFUSED|ERR_STREAM|not queryable|Client was closed/.test(
      `${(cause as { code?: string }).code ?? ""} ${cause.message}`,
    )
  );
}

/** What a failed statement means for a user. Errors that are no database's are thrown on. */
export function problem(error: unknown, origin: Origin = {}): Diagnostic {
  const cause = databaseError(error);
  if (!cause) {
    if (!isLostConnection(error)) throw error;
    return connectionLost({
      message: "the connection to the warehouse was lost",
      hint: "`ctf run --resume` goes on where this run stopped.",
      ...(origin.span ? { span: origin.span } : {}),
    });
  }
  const diagnostic = diagnose(cause, origin);
  rememberWords(diagnostic, error);
  return diagnostic;
}

/** Work that no transform does: what the database has against it becomes a diagnostic. @throws DiagnosticError */
export async function speaking<T>(work: Promise<T>, table: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!databaseError(error) && !isLostConnection(error)) throw error;
    throw new DiagnosticError([problem(error, { table })]);
  }
}

/** Keeps the server's own words beside a diagnostic, for `unmasked`. */
export function rememberWords(diagnostic: Diagnostic, error: unknown): void {
  const cause = databaseError(error);
  if (cause?.code !== undefined) serverStates.set(diagnostic, cause.code);
  if (cause) keepWords(diagnostic, "PostgreSQL", [cause.message, cause.detail, cause.hint].filter(Boolean).join("\n"));
}

function diagnose(error: pg.DatabaseError, origin: Origin): Diagnostic {
  const state = error.code ?? "";
  const named = isRaised(error) ? {} : { constraint: error.constraint, column: error.column };
  const itself = !isRaised(error) && error.schema && error.table ? `${error.schema}.${error.table}` : "the table";
  const table = origin.table ?? itself;
  const span = spanOf(error, origin);
  const constraint = named.constraint ? (origin.constraint?.(named.constraint) ?? named.constraint) : "a constraint";
  const at = (parts: DiagnosticParts): DiagnosticParts => ({ ...(span ? { span } : {}), ...parts });
  switch (state) {
    case "23502":
      return nullInColumn(
        at({
          message: `${table}.${named.column ?? "a column"} has NULLs, and it ${origin.notNull ?? "is declared not null"}`,
        }),
      );
    case "23505":
      return duplicateKey(
        at({
          message: `${table}: rows come twice for ${constraint}`,
          ...(origin.doubledKey === undefined ? {} : { hint: origin.doubledKey }),
        }),
      );
    case "23514":
      return checkFailed(at({ message: `${table}: rows break the constraint ${constraint}` }));
    case "23503":
      return foreignKeyFailed(
        at({
          message:
            error.schema && error.table && itself !== table && !isRaised(error)
              ? `rows of ${itself} refer to rows that ${table} no longer has (${constraint})`
              : `${table}: rows refer to rows that do not exist (${constraint})`,
        }),
      );
    case "23P01":
      return checkFailed(at({ message: `${table}: rows conflict under the exclusion constraint ${constraint}` }));
    case "42501":
      return missingSchemaRight(at({ message: isRaised(error) ? "permission denied" : safeText(error) }));
  }
  if (/^(08|57P0[123])/.test(state)) {
    return connectionLost(at({ message: `the connection to the warehouse was lost: ${inWords(error)}` }));
  }
  const message = isFromTheText(error) ? `${safeText(error)} (SQLSTATE ${state})` : inWords(error);
  return origin.code
    ? queryFailed(at({ message, ...hintOf(error) }))
    : databaseFailed(at({ message: `${table}: ${message}` }));
}

/** Context of the body of a function that is just being created: its text stands in the same file. */
const CREATING = /^(compilation of PL\/pgSQL function "[^"\n]*" near line \d+|SQL function "[^"\n]*")$/;

/** An error with a position of its own, not one that a function or dynamic SQL raised while running. */
function isFromTheText(error: pg.DatabaseError): boolean {
  const whole = error.where === undefined || CREATING.test(error.where);
  return foundInText.has(error.code ?? "") && whole && !error.internalQuery && error.position !== undefined;
}

/** An error that the statement's own text is to blame for, whatever rows there are and whoever runs it. */
export function isFaultOfText(error: unknown): boolean {
  const cause = databaseError(error);
  if (!cause) return false;
  const inText = cause.position !== undefined && !cause.internalQuery;
  const itself = cause.where === undefined || CREATING.test(cause.where);
  return itself && ((inText && /^(42|0A|22|3F)/.test(cause.code ?? "")) || WHEREVER.has(cause.code ?? ""));
}

/** Definitions that contradict themselves or each other, told without a position. */
const WHEREVER = new Set(["42601", "42611", "42701", "42723", "42804", "42809", "42830", "42P07", "42P13", "42P16"]);

/** PostgreSQL's message, where it can name objects only. */
const safeText = (error: pg.DatabaseError): string => error.message;

function hintOf(error: pg.DatabaseError): { hint?: string } {
  return isFromTheText(error) && error.hint ? { hint: error.hint } : {};
}

/** Where the SQL or the definition is to blame. */
export function spanOf(error: pg.DatabaseError, origin: Origin): Span | undefined {
  if (origin.code) {
    const offset = Number(error.position ?? 0) - 1 - (origin.offset ?? 0);
    const inside = error.position !== undefined && offset >= 0;
    const place = origin.code.toFile ?? ((at: number) => positionIn(origin.code!, at));
    return { file: origin.code.file, start: place(inside ? offset : 0) };
  }
  return origin.span;
}
