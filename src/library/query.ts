/** SQL of which a piece is chosen, pieces are replaced, and which is run on any connection. */
import { readFileSync } from "node:fs";
import type { Position } from "../diagnostics/diagnostic.ts";
import { patch as patched, pieceQuery, pieceText } from "../sql/pieces/pieces.ts";
import type { PatchResult, Replaced, Replacement, Selector } from "../sql/pieces/types.ts";
import { replacementsOf, type Patch } from "./patches.ts";
import { problemOf } from "./problem.ts";
import { Piece } from "./selectors.ts";

/** What a connection answers; pg's own is one. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** pg's Client and Pool, and whatever else runs the text of a query. */
export interface Connection {
  query(text: string): Promise<Answer | readonly Answer[]>;
}

/** One text that was sent. */
export interface Rendering {
  readonly original: string;
  readonly text: string;
  /** One entry for each patch that was made, in their order, with the places of the pieces it replaced. */
  readonly replaced: readonly Replaced[];
  /** From an offset in `text` (in code points from 0) to the original: for the `position` of PostgreSQL's errors. */
  readonly toOriginal: (offset: number) => Position;
}

/** Made by `sql()`. */
export class Query {
  readonly #text: string;
  readonly #selector: Selector;
  readonly #patches: readonly Patch[];
  readonly #renderings: Rendering[] = [];

  /** @internal */
  constructor(text: string, selector: Selector, patches: readonly Patch[]) {
    this.#text = text;
    this.#selector = selector;
    this.#patches = patches;
  }

  /** What has been run so far. */
  get renderings(): readonly Rendering[] {
    return this.#renderings;
  }

  /** The SQL that the next run sends. @throws PieceProblem */
  render(): string {
    return this.#next().text;
  }

  /** Runs it; of several statements, the last one's answer. @throws PieceProblem, and what the connection throws */
  async run(connection: Connection): Promise<Answer> {
    const rendering = this.#next();
    this.#renderings.push(rendering);
    const answer = await connection.query(rendering.text);
    return isList(answer) ? answer.at(-1)! : answer;
  }

  #next(): Rendering {
    const replacements = replacementsOf(this.#patches, this.#renderings.length);
    return rendering(this.#text, this.#selector, replacements);
  }
}

const isList = (answer: Answer | readonly Answer[]): answer is readonly Answer[] => Array.isArray(answer);

interface Code {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Statements as they are; a piece of one as a query of its own. */
function made(code: Code, selector: Selector, replacements: readonly Replacement[]): PatchResult {
  const last = selector.findLast(({ select }) => select !== "index")?.select;
  if (last === undefined) return patched(code, replacements);
  const isStatement = last === "statement" || last === "insert_into" || last === "create_table_as";
  return isStatement ? pieceText(code, selector, replacements) : pieceQuery(code, selector, replacements);
}

/** The chosen piece with its replacements. @throws PieceProblem */
export const rendering = (text: string, selector: Selector, replacements: readonly Replacement[]): Rendering =>
  rendered(text, (code) => made(code, selector, replacements));

export function rendered(original: string, make: (code: Code) => PatchResult): Rendering {
  const result = make({ text: original, line: 1, column: 1 });
  if (!result.ok) throw problemOf(result.error);
  const { text, replaced, toFile } = result;
  return { original, text, replaced, toOriginal: toFile };
}

/**
 * SQL with one piece of it chosen (any number of selectors, each inside of what the one before found) and pieces
 * replaced: `sql(text, cte("latest"), patch(table("raw.spans"), rows, columns))`.
 */
export function sql(text: string, ...parts: readonly (Piece | Patch)[]): Query {
  const selector = parts.flatMap((part) => (part instanceof Piece ? part.steps : []));
  const patches = parts.flatMap((part) => (part instanceof Piece ? [] : [part]));
  return new Query(text, selector, patches);
}

/** The same for a file, in UTF-8. */
export const sqlFile = (path: string | URL, ...parts: readonly (Piece | Patch)[]): Query =>
  sql(readFileSync(path, "utf8"), ...parts);
