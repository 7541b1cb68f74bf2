/** PostgreSQL's own parser, as WASM. It takes some 40 ms to load, so only those load it who read SQL. */
import type { ParseResult, ScanResult } from "libpg-query";

type Library = typeof import("libpg-query");
let library: Library | undefined;

/** To be awaited once before anything else in this room is called. */
export async function loadParser(): Promise<void> {
  if (library) return;
  const module = await import("libpg-query");
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
  if (!library) throw new Error("loadParser() was not awaited");
  // The library stops at a NUL byte without a word, so it must never see one.
  const nul = text.indexOf("\0");
  if (nul >= 0) return { ok: false, problem: { message: "a NUL byte", offset: [...text.slice(0, nul)].length } };
  try {
    return { ok: true, tree: library.parseSync(text) };
  } catch (error) {
    if (!library.hasSqlDetails(error) || !error.sqlDetails) throw error;
    const { message, cursorPosition } = error.sqlDetails;
    return { ok: false, problem: { message, offset: cursorPosition } };
  }
}

/** The tokens of a text, with UTF-8 byte offsets. */
export function scan(text: string): ScanResult {
  if (!library) throw new Error("loadParser() was not awaited");
  return library.scanSync(text);
}
