/** PostgreSQL's own parser, as WASM. It takes some 40 ms to load, so only those load it who read SQL. */
import { createRequire } from "node:module";
import type { ParseResult, ScanToken } from "libpg-query";

type Library = typeof import("libpg-query");
const require = createRequire(import.meta.url);
let library: Library | undefined;
/** Set while a new copy of the parser is on its way in the place of a damaged one. */
let replacement: Promise<void> | undefined;

/** To be awaited once before anything else in this room is called. */
export async function loadParser(): Promise<void> {
  if (replacement) await replacement;
  if (library) return;
  const module = require("libpg-query") as Library;
  await module.loadModule();
  library = module;
}

interface SyntaxProblem {
  readonly message: string;
  /** Offset in code points, from 0 (as the library gives it). */
  readonly offset: number;
}

export type Parsed =
  | { readonly ok: true; readonly tree: ParseResult }
  | { readonly ok: false; readonly problem: SyntaxProblem };

/** The syntax tree of a text of statements, or the first thing wrong with it. Its locations are UTF-8 byte offsets. */
export function parse(text: string): Parsed {
  if (last?.text !== text) last = { text, parsed: parseAnew(text) };
  return last.parsed;
}

/** One file is asked about in several ways, one after the other. */
let last: { readonly text: string; readonly parsed: Parsed } | undefined;

function parseAnew(text: string): Parsed {
  const parser = loaded();
  // The library stops at a NUL byte without a word, so it must never see one.
  const nul = text.indexOf("\0");
  if (nul >= 0) return { ok: false, problem: { message: "a NUL byte", offset: [...text.slice(0, nul)].length } };
  if (text === "") return { ok: true, tree: { version: 0, stmts: [] } };
  try {
    return { ok: true, tree: parser.parseSync(text) };
  } catch (error) {
    if (parser.hasSqlDetails(error) && error.sqlDetails) {
      const { message, cursorPosition } = error.sqlDetails;
      const isDeep = message.startsWith("memory exhausted"); // the grammar's own stack
      return { ok: false, problem: { message: isDeep ? TOO_DEEP : message, offset: cursorPosition } };
    }
    if (!ranOutOfStack(error)) throw error;
    replace();
    return { ok: false, problem: { message: TOO_DEEP, offset: 0 } };
  }
}

const TOO_DEEP = "nested too deeply, or a chain of operators that is too long; cut it into several WITH queries";

/** WASM runs on JavaScript's stack. */
const ranOutOfStack = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.name === "RuntimeError");

/** A parser that ran out of stack does not give back its own: after some thirty times it would stop working. */
function replace(): void {
  if (replacement) return;
  for (const file of Object.keys(require.cache)) if (file.includes("libpg-query")) delete require.cache[file];
  const module = require("libpg-query") as Library;
  const load = async (): Promise<void> => {
    await module.loadModule();
    library = module;
    replacement = undefined;
  };
  replacement = load();
}

/**
 * The tree that PL/pgSQL makes of a function's body, with the line numbers of the body; undefined if it does not parse.
 * It needs to know the parameters. Their types, and what the function returns, are nobody's business here, but some
 * statements stand only in some functions: so a few are tried.
 */
export function parsePlpgsql(body: string, parameters: readonly string[]): unknown {
  if (body.includes("\0")) return undefined;
  let tag = "$b$";
  while (body.includes(tag)) tag = `$b${tag.slice(1)}`;
  const semicolon = body.trimEnd().endsWith(";") ? "" : ";";
  for (const type of parameters.length > 0 ? ["int", "record"] : ["int"]) {
    const variables = parameters.map((name) => `"${name.replaceAll('"', '""')}" ${type};`).join(" ");
    const block = parameters.length > 0 ? `DECLARE ${variables} BEGIN ${body}\n${semicolon} END` : body;
    for (const head of HEADS) {
      try {
        return loaded().parsePlPgSQLSync(`CREATE FUNCTION f${head} LANGUAGE plpgsql AS ${tag}${block}${tag}`);
      } catch (error) {
        if (ranOutOfStack(error)) replace();
      }
    }
  }
  return undefined;
}

/** RETURN NEXT has an expression, or none where there are OUT parameters; RETURN has one, or none. */
const HEADS = [
  "() RETURNS SETOF record",
  "(OUT int, OUT int) RETURNS SETOF record",
  "() RETURNS int",
  "() RETURNS trigger",
];

/** The tokens of a text, with UTF-8 byte offsets; none if it can't be read. */
export function scan(text: string): readonly ScanToken[] {
  if (text === "" || text.includes("\0")) return [];
  try {
    return loaded().scanSync(text).tokens;
  } catch {
    return [];
  }
}

function loaded(): Library {
  if (!library) throw new Error("loadParser() was not awaited");
  return library;
}
