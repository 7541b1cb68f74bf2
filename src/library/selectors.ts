/** Builders of selectors. Names are written as in SQL: `cte("latest")`, `table('raw."Claims"')`. */
import { readSelector, selectorText } from "../sql/pieces/selector.ts";
import type { Selector } from "../sql/pieces/types.ts";
import { PieceProblem } from "./problem.ts";

/** A piece of SQL, found step by step: each looks inside of what the one before found. */
export class Piece {
  readonly steps: Selector;

  /** @internal */
  constructor(steps: Selector) {
    this.steps = steps;
  }

  /** Statement `from`, counted from 0; with `to`, those from `from` to before `to`. */
  statement(from: number, to?: number): Piece {
    return this.#and(`statement(${from}${to === undefined ? "" : `, ${to}`})`);
  }

  /** The query of a WITH. */
  cte(name: string): Piece {
    return this.#and(`cte(${name})`);
  }

  /** By its alias, or the nth of all subqueries, counted from 0; without either, every subquery. */
  subquery(alias: string | number = ""): Piece {
    return this.#and(`subquery(${alias})`);
  }

  /** Where a table or view is read; under one alias only, if that is given. */
  table(name: string, alias?: string): Piece {
    return this.#and(`table(${name}${alias === undefined ? "" : `, ${alias}`})`);
  }

  insertInto(table: string): Piece {
    return this.#and(`insert_into(${table})`);
  }

  createTableAs(table: string): Piece {
    return this.#and(`create_table_as(${table})`);
  }

  /** The query of an INSERT or a CREATE TABLE AS. */
  body(): Piece {
    return this.#and("body()");
  }

  /** Of several matches the one at `from`, counted from 0; with `to`, those from `from` to before `to`. */
  at(from: number, to = from + 1): Piece {
    return new Piece([...this.steps, { select: "index", from, to }]);
  }

  /** As it is written in YAML: `cte(latest).table(raw.claims)[1]`. */
  toString(): string {
    return selectorText(this.steps);
  }

  #and(step: string): Piece {
    return new Piece([...this.steps, ...stepsOf(step)]);
  }
}

function stepsOf(text: string): Selector {
  const read = readSelector(text);
  if (read.ok) return read.selector;
  throw new PieceProblem("bad_selector", `${text}: ${read.message}`);
}

/** A piece by its selector as text: `cte(latest).table(raw.claims)[1]`. */
export const piece = (selector: string): Piece => new Piece(stepsOf(selector));

const whole = new Piece([]);
export const statement = (from: number, to?: number): Piece => whole.statement(from, to);
export const cte = (name: string): Piece => whole.cte(name);
export const subquery = (alias?: string | number): Piece => whole.subquery(alias);
export const table = (name: string, alias?: string): Piece => whole.table(name, alias);
export const insertInto = (name: string): Piece => whole.insertInto(name);
export const createTableAs = (name: string): Piece => whole.createTableAs(name);
export const body = (): Piece => whole.body();
