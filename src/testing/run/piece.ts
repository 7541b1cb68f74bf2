/** The query of a piece of a transform's SQL, with the pieces that it reads replaced by a test's rows. */
import type pg from "pg";
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { readFrom } from "../../plan/make.ts";
import type { Code } from "../../plan/types.ts";
import { loadParser } from "../../sql/parser.ts";
import { pieceQuery, piecesOf, readBy, targetOf } from "../../sql/pieces/pieces.ts";
import { readSelector } from "../../sql/pieces/selector.ts";
import type { PieceColumn, PieceError, Replacement, Selector } from "../../sql/pieces/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { describe, typeNames } from "../../warehouse/session/describe.ts";
import type { Rewritten } from "../../warehouse/errors.ts";
import { comparedColumns } from "../../warehouse/testbed/compare.ts";
import type { Clock } from "./clock.ts";
import { noSuchPiece, unknownInTest } from "../codes.ts";
import { frozenPiece } from "./frozen.ts";
import type { GivenPiece, GivenTable, TestCase } from "../types.ts";

/** Rows for tables and rows for pieces: a bare name is a CTE where the piece reads one of that name. */
export interface PieceRows {
  readonly given: readonly GivenTable[];
  readonly pieces: readonly GivenPiece[];
}

type PieceTest = TestCase & { readonly subject: { readonly type: "piece" } };

export const isPieceTest = (test: TestCase): test is PieceTest => test.subject.type === "piece";

/** The whole file, whose statements a selector counts. */
function codeOf({ subject }: PieceTest, root: string): Code {
  const file = subject.transform.codeFile!;
  return { file, text: readFrom(root)(file), line: 1, column: 1 };
}

export async function divideGiven(test: PieceTest, root: string): Promise<PieceRows> {
  await loadParser();
  const read = readBy(codeOf(test, root), selectorOf(test));
  const selectors = new Set("error" in read ? [] : read.map(({ selector }) => selector));
  const isCte = ({ name }: GivenPiece) => selectors.has(`cte(${name})`);
  const tables = test.pieces.flatMap((piece): readonly GivenTable[] =>
    !isCte(piece) && piece.relation ? [{ ...piece, relation: piece.relation }] : [],
  );
  return { given: [...test.given, ...tables], pieces: test.pieces.filter((piece) => isCte(piece) || !piece.relation) };
}

function selectorOf({ subject }: PieceTest): Selector {
  const read = readSelector(subject.selector);
  if (read.ok) return read.selector;
  throw new DiagnosticError([noSuchPiece({ message: read.message, span: subject.place })]);
}

/** A piece as a query, and what its columns are called, where they do not have the query's own names. */
interface PieceToRun {
  readonly query: Code & Rewritten;
  readonly columns?: readonly string[];
}

/** The tables are there already, so PostgreSQL knows the columns of the pieces that are replaced. @throws DiagnosticError */
export async function pieceOf(
  client: pg.Client,
  test: PieceTest,
  root: string,
  pieces: readonly GivenPiece[],
  clock: Clock | undefined,
): Promise<PieceToRun> {
  const code = codeOf(test, root);
  const replacements: Replacement[] = [];
  for (const piece of pieces) replacements.push(await replacementOf(client, code, piece));
  const selector = selectorOf(test);
  const result = pieceQuery(code, selector, replacements);
  if (!result.ok) throw refusal(result.error, test.subject.place, code);
  const columns = await columnsInto(client, code, selector, result.text);
  const query = frozenPiece({ ...code, text: result.text, toFile: result.toFile }, clock);
  return { query, ...(columns && { columns }) };
}

/** The columns of the table that the rows go into: those that the statement names, else the first ones that there are. */
async function columnsInto(
  client: pg.Client,
  code: Code,
  selector: Selector,
  query: string,
): Promise<readonly string[] | undefined> {
  const target = targetOf(code, selector);
  if (!target) return undefined;
  if (target.columns.length > 0) return target.columns;
  const { schema, name } = target.table;
  const columns = schema === undefined ? [] : await comparedColumns(client, { schema, name });
  if (columns.length === 0) return undefined;
  const given = await describe(client, query);
  return columns.slice(0, given.length).map(({ name }) => name);
}

async function replacementOf(client: pg.Client, code: Code, piece: GivenPiece): Promise<Replacement> {
  const selector: Selector = [{ select: "cte", name: piece.name }];
  const query = pieceQuery(code, selector);
  if (!query.ok) throw refusal(query.error, piece.place, code);
  const described = await describe(client, query.text);
  const types = await typeNames(client, described);
  const columns = described.map(({ name }, n): PieceColumn => ({ name, type: types[n]! }));
  const known = columns.map(({ name }) => name);
  piece.rows.forEach(({ values }, n) => {
    const unknown = Object.keys(values).find((column) => !known.includes(column));
    if (unknown === undefined) return;
    const { hint } = suggestion(unknown, known);
    const message = `${piece.name} has no column ${unknown}`;
    throw new DiagnosticError([
      unknownInTest({ message, span: piece.at(n, unknown), ...(hint !== undefined && { hint }) }),
    ]);
  });
  const rows = piece.rows.flatMap(({ values, times }) => Array.from({ length: times }, () => values));
  return { selector, columns, rows };
}

function refusal(error: PieceError, span: Span, code: Code): DiagnosticError {
  if (error.error === "syntax") {
    return new DiagnosticError([
      noSuchPiece({ message: error.message, span: { file: code.file, start: error.start } }),
    ]);
  }
  const all = (error.candidates.length > 0 ? error.candidates : piecesOf(code)).map(({ selector }) => selector);
  // Of a piece that is there and can't be run, those within it may be.
  const within = all.filter((selector) => selector.startsWith(`${error.selector}.`));
  const candidates = within.length > 0 ? within : all.filter((selector) => selector !== error.selector);
  const near = suggestion(error.selector, candidates);
  const hint = near.hint ?? (candidates.length > 0 ? `There are ${candidates.slice(0, 12).join(", ")}.` : undefined);
  return new DiagnosticError([noSuchPiece({ message: error.message, span, ...(hint !== undefined && { hint }) })]);
}
