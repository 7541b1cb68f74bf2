/** The statements and expressions inside a PL/pgSQL body, each as a passage of SQL of its own. */
import { parsePlpgsql, scan } from "../parser.ts";
import { passageOf, type Blind, type Passage } from "../passage.ts";
import { isObject } from "../tree.ts";

interface Query {
  readonly text: string;
  /** 0: a whole statement; 2: an expression; 3 and more: an assignment. */
  readonly mode: number;
  /** Of the PL/pgSQL statement that it stands in, from 1. */
  readonly line: number;
}

interface Found {
  readonly queries: Query[];
  /** Lines of EXECUTE. */
  readonly dynamic: number[];
}

interface Passages {
  readonly passages: readonly Passage[];
  readonly blind: readonly Blind[];
}

export function plpgsqlPassages(body: Passage, parameters: readonly string[]): Passages {
  const types = rowTypes(body);
  const tree = parsePlpgsql(withRecords(body.text, types), parameters);
  if (!tree) return { passages: [], blind: [{ what: "a PL/pgSQL body that does not parse", at: body.toFile(0) }] };
  const found: Found = { queries: [], dynamic: [] };
  walk(tree, 1, found);
  const lines = lineStarts(body.text);
  const blind: Blind[] = found.dynamic.map((line) => ({
    what: "SQL that EXECUTE puts together when it runs",
    at: body.toFile(bytesBefore(body.text, executeIn(body.text, lines[line - 1] ?? 0))),
  }));
  const used: Taken[] = [];
  // A short one could also be found inside of a long one.
  const longestFirst = found.queries.toSorted((a, b) => b.text.length - a.text.length);
  const passages = longestFirst.flatMap((query) => {
    const at = placeOf(body.text, query, lines[query.line - 1] ?? 0, used);
    if (at !== undefined) return queryPassage(body, query, bytesBefore(body.text, at));
    blind.push({ what: "a PL/pgSQL statement", at: body.toFile(bytesBefore(body.text, lines[query.line - 1] ?? 0)) });
    return [];
  });
  return { passages: [...passages, ...types.map((type) => tablePassage(body, type))], blind };
}

/** PL/pgSQL only tells the line. */
function executeIn(body: string, from: number): number {
  const at = body.slice(from).search(/\bEXECUTE\b/i);
  return at < 0 ? from : from + at;
}

function walk(node: unknown, line: number, found: Found): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, line, found);
    return;
  }
  if (!isObject(node)) return;
  const here = typeof node.lineno === "number" && node.lineno > 0 ? node.lineno : line;
  for (const [key, value] of Object.entries(node)) {
    if (key === "PLpgSQL_expr" && isObject(value)) {
      found.queries.push({ text: String(value.query ?? ""), mode: Number(value.parseMode ?? 0), line: here });
    } else {
      if (
        isObject(value) &&
        (key === "PLpgSQL_stmt_dynexecute" || key === "PLpgSQL_stmt_dynfors" || key === "dynquery")
      ) {
        found.dynamic.push(typeof value.lineno === "number" ? value.lineno : here);
      }
      walk(value, here, found);
    }
  }
}

/** PL/pgSQL gives the text of a query but not its place; where INTO stood it has blanks, for PERFORM it says SELECT. */
function placeOf(body: string, { text }: Query, from: number, used: Taken[]): number | undefined {
  if (text.startsWith("SELECT")) {
    const perform = performed(body, text.slice("SELECT".length), from, used);
    if (perform !== undefined) return perform;
  }
  for (let at = body.indexOf(text[0] ?? "", from); at >= 0; at = body.indexOf(text[0]!, at + 1)) {
    if (!matches(body, text, at) || !take(used, at, at + text.length)) continue;
    return at;
  }
  return undefined;
}

/** A range of the body that is one query's. */
interface Taken {
  readonly from: number;
  readonly to: number;
}

function take(used: Taken[], from: number, to: number): boolean {
  if (used.some((other) => from < other.to && other.from < to)) return false;
  used.push({ from, to });
  return true;
}

/** One character less, so the place is that of `ERFORM`. */
function performed(body: string, rest: string, from: number, used: Taken[]): number | undefined {
  for (const { index } of body.slice(from).matchAll(/\bPERFORM\b/gi)) {
    const at = from + index + 1;
    const start = at + "SELECT".length;
    if (!matches(body, rest, start) || !take(used, at, start + rest.length)) continue;
    return at;
  }
  return undefined;
}

function matches(body: string, text: string, at: number): boolean {
  for (let n = 0; n < text.length; n++) {
    if (text[n] !== body[at + n] && (text[n] !== " " || at + n >= body.length)) return false;
  }
  return true;
}

const PREFIX = "SELECT ";

function queryPassage(body: Passage, { text, mode }: Query, start: number): Passage {
  const skipped = mode >= 3 ? assigned(text) : 0;
  const prefix = mode === 0 ? "" : PREFIX;
  const rest = Buffer.from(text).toString("utf8", skipped);
  const toFile = (byte: number): number => body.toFile(start + skipped + Math.max(0, byte - prefix.length));
  return { ...passageOf(prefix + rest, toFile, body.isQuoted), isExpression: prefix !== "" };
}

/** The bytes of `variable :=`. */
function assigned(text: string): number {
  return scan(text).find((token) => token.text === ":=" || token.text === "=")?.end ?? 0;
}

/** `schema.table%ROWTYPE` or `schema.table.column%TYPE`, in bytes. */
interface RowType {
  readonly start: number;
  readonly nameEnd: number;
  readonly end: number;
}

/** PL/pgSQL's tree does not have them, so they are found among the tokens. */
function rowTypes(body: Passage): readonly RowType[] {
  const tokens = body.tokens();
  return tokens.flatMap((token, n) => {
    const word = token.text === "%" ? tokens[n + 1]?.text.toLowerCase() : undefined;
    if (word !== "type" && word !== "rowtype") return [];
    let first = n - 1;
    while (tokens[first - 1]?.text === ".") first -= 2;
    const last = word === "type" ? n - 3 : n - 1;
    const [start, name, end] = [tokens[first], tokens[last], tokens[n + 1]];
    return start && name && end && last - first === 2 ? [{ start: start.start, nameEnd: name.end, end: end.end }] : [];
  });
}

/** Without the catalog PL/pgSQL does not know that they are rows; as records they may have any field. */
function withRecords(text: string, types: readonly RowType[]): string {
  const bytes = Buffer.from(text);
  for (const { start, end } of types) bytes.fill(" ", start, end).write("record", start);
  return bytes.toString();
}

function tablePassage(body: Passage, { start, nameEnd }: RowType): Passage {
  const name = Buffer.from(body.text).toString("utf8", start, nameEnd);
  const prefix = "TABLE ";
  return passageOf(prefix + name, (byte) => body.toFile(start + Math.max(0, byte - prefix.length)), body.isQuoted);
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

const bytesBefore = (text: string, index: number): number => Buffer.byteLength(text.slice(0, index));
