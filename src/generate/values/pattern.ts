/** Texts that match a regular expression or a LIKE pattern, for the part of both that people use in checks. */
import type { Random } from "../random.ts";

type Piece =
  | { readonly is: "one"; readonly of: string }
  | { readonly is: "group"; readonly ways: readonly (readonly Piece[])[] }
  | { readonly is: "many"; readonly of: Piece; readonly from: number; readonly to: number };

export interface Pattern {
  matches(text: string): boolean;
  make(random: Random): string;
}

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const WORD = `${LOWER}${UPPER}${DIGITS}_`;
/** For `.` and for what a class leaves over. */
const PLAIN = `${WORD}-.,:/ `;
const CLASSES: Readonly<Record<string, string>> = {
  digit: DIGITS,
  lower: LOWER,
  upper: UPPER,
  alpha: LOWER + UPPER,
  alnum: LOWER + UPPER + DIGITS,
  space: " ",
  blank: " ",
  punct: "-.,:/",
  xdigit: `${DIGITS}abcdef`,
  word: WORD,
};
const ESCAPES: Readonly<Record<string, string>> = {
  d: DIGITS,
  w: WORD,
  s: " ",
  D: `${LOWER}${UPPER}`,
  S: WORD,
  W: "-., ",
};
/** `x*` is made up to so many times. */
const MANY = 8;

class NotKnown extends Error {}

/** undefined for what has other means than these; PostgreSQL judges that itself. */
export function regexPattern(pattern: string, anyCase = false): Pattern | undefined {
  try {
    const tree = new Reader(pattern).whole();
    // What this reads, both regular expressions mean alike; named classes are all that is written differently.
    const source = pattern.replaceAll(/\[:(\w+):\]/g, (_, name: string) => jsClass(name));
    const regex = new RegExp(source, anyCase ? "iu" : "u");
    return { matches: (text) => regex.test(text), make: (random) => made(tree, random) };
  } catch {
    return undefined;
  }
}

export function likePattern(pattern: string, anyCase = false): Pattern | undefined {
  if (pattern.includes("\\")) return undefined;
  const source = [...pattern].map((c) => (c === "%" ? "[^]*" : c === "_" ? "[^]" : escaped(c))).join("");
  const regex = new RegExp(`^${source}$`, anyCase ? "iu" : "u");
  const make = (random: Random) =>
    [...pattern]
      .map((c) => (c === "%" ? letters(random, random.int(0, MANY)) : c === "_" ? letters(random, 1) : c))
      .join("");
  return { matches: (text) => regex.test(text), make };
}

const letters = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.pick([...LOWER])).join("");
const escaped = (c: string): string => c.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");

function jsClass(name: string): string {
  const known: Readonly<Record<string, string>> = {
    digit: "\\d",
    lower: "a-z",
    upper: "A-Z",
    alpha: "A-Za-z",
    alnum: "A-Za-z0-9",
    space: "\\s",
    blank: " \\t",
    xdigit: "0-9A-Fa-f",
    word: "\\w",
  };
  const found = known[name];
  if (found === undefined) throw new NotKnown();
  return found;
}

function made(pieces: readonly Piece[], random: Random): string {
  return pieces.map((piece) => madeOne(piece, random)).join("");
}

function madeOne(piece: Piece, random: Random): string {
  if (piece.is === "one") return random.pick([...piece.of]);
  if (piece.is === "group") return made(random.pick(piece.ways), random);
  return Array.from({ length: random.int(piece.from, piece.to) }, () => madeOne(piece.of, random)).join("");
}

/** A class, because it holds where it is in the text. */
class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  whole(): readonly Piece[] {
    // (?i) and ***= change what all the rest means.
    if (/^(\(\?[a-z]|\*\*\*)/.test(this.text)) throw new NotKnown();
    const group = this.alternatives();
    if (this.at < this.text.length) throw new NotKnown();
    return [group];
  }

  private alternatives(): Piece {
    const ways: Piece[][] = [[]];
    for (let c = this.text[this.at]; c !== undefined && c !== ")"; c = this.text[this.at]) {
      if (c === "|") {
        this.at++;
        ways.push([]);
      } else if (c === "^" || c === "$") this.at++;
      else ways.at(-1)!.push(this.quantified(this.atom()));
    }
    return { is: "group", ways };
  }

  private atom(): Piece {
    const c = this.text[this.at++]!;
    if (c === "(") {
      if (this.text.startsWith("?:", this.at)) this.at += 2;
      else if (this.text[this.at] === "?") throw new NotKnown();
      const group = this.alternatives();
      if (this.text[this.at++] !== ")") throw new NotKnown();
      return group;
    }
    if (c === "[") return { is: "one", of: this.bracket() };
    if (c === ".") return { is: "one", of: PLAIN };
    if (c === "\\") return { is: "one", of: this.escape() };
    if ("*+?{".includes(c)) throw new NotKnown();
    return { is: "one", of: c };
  }

  private escape(): string {
    const c = this.text[this.at++];
    if (c === undefined) throw new NotKnown();
    const known = ESCAPES[c];
    if (known !== undefined) return known;
    if (/[A-Za-z0-9]/.test(c)) throw new NotKnown();
    return c;
  }

  private bracket(): string {
    const isNot = this.text[this.at] === "^";
    if (isNot) this.at++;
    let of = "";
    for (let first = true; first || this.text[this.at] !== "]"; first = false) {
      const named = /^\[:(\w+):\]/.exec(this.text.slice(this.at, this.at + 12));
      if (named) {
        const known = CLASSES[named[1]!];
        if (known === undefined) throw new NotKnown();
        of += known;
        this.at += named[0].length;
        continue;
      }
      const c = this.text[this.at++];
      if (c === undefined || c === "[") throw new NotKnown();
      if (c === "\\") of += this.escape();
      else if (this.text[this.at] === "-" && this.text[this.at + 1] !== "]") {
        const end = this.text[this.at + 1]?.charCodeAt(0) ?? 0;
        this.at += 2;
        if (end < c.charCodeAt(0) || end - c.charCodeAt(0) > 200) throw new NotKnown();
        for (let code = c.charCodeAt(0); code <= end; code++) of += String.fromCharCode(code);
      } else of += c;
    }
    this.at++;
    const all = isNot ? [...PLAIN].filter((c) => !of.includes(c)).join("") : of;
    if (all === "") throw new NotKnown();
    return all;
  }

  private quantified(of: Piece): Piece {
    const rest = this.text.slice(this.at);
    const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(rest);
    if (!found) return of;
    this.at += found[0].length;
    if (/^[*+?{]/.test(this.text.slice(this.at))) throw new NotKnown();
    const [, sign, low, comma, high] = found;
    if (sign !== undefined) return { is: "many", of, from: sign === "+" ? 1 : 0, to: sign === "?" ? 1 : MANY };
    const from = Number(low);
    const to = comma === undefined ? from : high === "" ? from + MANY : Number(high);
    if (to < from || to > 1000) throw new NotKnown();
    return { is: "many", of, from, to: Math.min(to, from + 40) };
  }
}
