/** A passage of SQL inside a file: the file itself, or the body of a function in a string of it. */
import { scan } from "./parser.ts";

export interface Token {
  /** UTF-8 byte offsets. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokenName: string;
}

/** A place that can't be looked into. */
export interface Blind {
  readonly what: string;
  /** In bytes of the file. */
  readonly at: number;
}

export interface Passage {
  readonly text: string;
  /** From an offset in the passage to one in the file; both in UTF-8 bytes. */
  readonly toFile: (byte: number) => number;
  /** It stands between single quotes, so one within it is written twice. */
  readonly isQuoted: boolean;
  /** It is one expression, with a SELECT in front that the file does not have. */
  readonly isExpression?: boolean;
  /** Without comments; read when first asked for. */
  readonly tokens: () => readonly Token[];
  /** The first place at or after a byte where these names stand with dots between them. */
  readonly find: (names: readonly string[], from: number) => number | undefined;
}

export const wholeFile = (text: string): Passage => passageOf(text, (byte) => byte, false);

export function passageOf(text: string, toFile: (byte: number) => number, isQuoted: boolean): Passage {
  let tokens: readonly Token[] | undefined;
  let chains: ReadonlyMap<string, readonly number[]> | undefined;
  const passage: Passage = {
    text,
    toFile,
    isQuoted,
    tokens: () => (tokens ??= scan(text).filter(({ tokenName }) => !tokenName.endsWith("_COMMENT"))),
    find(names, from) {
      const places = (chains ??= chainsOf(passage.tokens())).get(names.join("\0")) ?? [];
      return places[firstFrom(places, from)];
    },
  };
  return passage;
}

/** The place of the first token that starts at or after a byte. */
export function tokenAt(tokens: readonly Token[], byte: number): number {
  return firstAtLeast(tokens.length, (n) => tokens[n]!.start, byte);
}

/** How many of the sorted numbers are less than a byte: the place of the first that is not. */
const firstFrom = (sorted: readonly number[], byte: number): number =>
  firstAtLeast(sorted.length, (n) => sorted[n]!, byte);

function firstAtLeast(length: number, at: (n: number) => number, byte: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) < byte) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where each `a`, `a.b` or `a.b.c` stands, by its names. */
function chainsOf(tokens: readonly Token[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (let n = 0; n < tokens.length; n++) {
    const { start } = tokens[n]!;
    const names = [nameIn(tokens[n]!)];
    while (tokens[n + 1]?.text === "." && tokens[n + 2]) names.push(nameIn(tokens[(n += 2)]!));
    const key = names.join("\0");
    const places = found.get(key);
    if (places) places.push(start);
    else found.set(key, [start]);
  }
  return found;
}

export const nameIn = ({ text }: Token): string =>
  text.startsWith('"')
    ? text.slice(1, -1).replaceAll('""', '"')
    : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** What a string constant says, as a passage; undefined for those with escapes or in several parts. */
export function insideString(passage: Passage, token: Token | undefined, says: string): Passage | undefined {
  if (token?.tokenName !== "SCONST") return undefined;
  const source = Buffer.from(passage.text).toString("utf8", token.start, token.end);
  if (source.startsWith("$")) {
    const tag = source.indexOf("$", 1) + 1;
    if (source.slice(tag, source.length - tag) !== says) return undefined;
    const start = token.start + Buffer.byteLength(source.slice(0, tag));
    return passageOf(says, (byte) => passage.toFile(start + byte), passage.isQuoted);
  }
  if (!source.startsWith("'") || source.slice(1, -1).replaceAll("''", "'") !== says || passage.isQuoted)
    return undefined;
  const quotes: number[] = []; // bytes of the single quotes within it
  for (const [at, byte] of Buffer.from(says).entries()) if (byte === 39) quotes.push(at);
  return passageOf(says, (byte) => passage.toFile(token.start + 1 + byte + firstFrom(quotes, byte)), true);
}
