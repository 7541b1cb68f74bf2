/** Selectors as text: `cte(latest_plan)`, `statement(2).cte(x)`, `subquery(s)[1]`. */
import type { Selector, Step, TableRef } from "./types.ts";

/** What it selects, or why it can't be read. Offsets are UTF-16 units of the text. */
export type ReadSelector =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** A name in quotes, or one that ends where a separator stands. */
const NAME = /\s*(?:"((?:[^"]|"")*)"|([^\s"()[\].,:]+))\s*/y;
const WORD = /\s*([a-z_]+)\s*\(/y;
const RANGE = /\s*\[\s*(\d+)\s*(?::\s*(\d+)\s*)?\]\s*/y;
const MARK = /\s*([.,()])\s*/y;

const WORDS = ["statement", "cte", "subquery", "table", "insert_into", "create_table_as", "body"];

class Unreadable extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Steps with dots between them. Names are read as PostgreSQL reads them: `cte("Latest Plan")` keeps its capitals, other
 * names lose theirs. Statements and matches count from 0; `[1]` is the second match, `[0:2]` the first two.
 */
export function readSelector(text: string): ReadSelector {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found ?? undefined;
  };
  const mark = (wanted: string): boolean => {
    const before = at;
    if (take(MARK)?.[1] === wanted) return true;
    at = before;
    return false;
  };
  const name = (): string => {
    const start = at;
    const found = take(NAME);
    if (!found) throw new Unreadable("a name is missing here", start);
    return found[1]?.replaceAll('""', '"') ?? found[2]!.toLowerCase();
  };
  const close = (): void => {
    if (!mark(")")) throw new Unreadable('")" is missing here', at);
  };
  const number = (): number => {
    const start = at;
    const digits = name();
    if (!/^\d+$/.test(digits)) throw new Unreadable("a number is missing here", start);
    return Number(digits);
  };
  const table = (): TableRef => {
    const first = name();
    return mark(".") ? { schema: first, name: name() } : { name: first };
  };
  const step = (): readonly Step[] => {
    const start = at;
    const word = take(WORD)?.[1] ?? "";
    switch (word) {
      case "statement": {
        const from = number();
        return [{ select: "statement", from, to: mark(",") ? number() : from + 1 }];
      }
      case "cte":
        return [{ select: "cte", name: name() }];
      case "subquery": {
        if (/\s*\)/y.test(text.slice(at))) return [{ select: "subquery" }];
        const isQuoted = /^\s*"/.test(text.slice(at));
        const alias = name();
        if (isQuoted || !/^\d+$/.test(alias)) return [{ select: "subquery", alias }];
        return [{ select: "subquery" }, { select: "index", from: Number(alias), to: Number(alias) + 1 }];
      }
      case "table": {
        const found = table();
        return [{ select: "table", table: found, ...(mark(",") ? { alias: name() } : {}) }];
      }
      case "insert_into":
      case "create_table_as":
        return [{ select: word, table: table() }];
      case "body":
        return [{ select: "body" }];
      default:
        throw new Unreadable(`a piece is one of ${WORDS.map((one) => `${one}(…)`).join(", ")}`, start);
    }
  };
  const steps: Step[] = [];
  try {
    do {
      steps.push(...step());
      close();
      for (let range = take(RANGE); range; range = take(RANGE)) {
        const from = Number(range[1]);
        steps.push({ select: "index", from, to: range[2] === undefined ? from + 1 : Number(range[2]) });
      }
    } while (mark("."));
    if (at < text.length) throw new Unreadable('a selector goes on with "." or "[" or ends here', at);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ok: false, message: error.message, offset: error.offset };
  }
  return { ok: true, selector: steps };
}

/** As `readSelector` reads it. */
export function selectorText(selector: Selector): string {
  return selector.reduce((text, step) => {
    if (step.select === "index") {
      return `${text}[${step.to === step.from + 1 ? step.from : `${step.from}:${step.to}`}]`;
    }
    return `${text}${text === "" ? "" : "."}${step.select}(${argumentsText(step)})`;
  }, "");
}

function argumentsText(step: Exclude<Step, { readonly select: "index" }>): string {
  switch (step.select) {
    case "statement":
      return step.to === step.from + 1 ? String(step.from) : `${step.from}, ${step.to}`;
    case "cte":
      return nameText(step.name);
    case "subquery":
      return step.alias === undefined ? "" : nameText(step.alias);
    case "table":
      return `${tableText(step.table)}${step.alias === undefined ? "" : `, ${nameText(step.alias)}`}`;
    case "insert_into":
    case "create_table_as":
      return tableText(step.table);
    case "body":
      return "";
  }
}

const tableText = ({ schema, name }: TableRef): string =>
  schema === undefined ? nameText(name) : `${nameText(schema)}.${nameText(name)}`;

const nameText = (name: string): string =>
  /^[\p{Ll}_][\p{Ll}\d_$]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
