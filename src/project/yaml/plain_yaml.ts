/**
 * Reads the plain YAML that definitions are almost always written in, several times faster than a whole parser: block
 * mappings and lists, flow collections on one line, plain and simply quoted scalars. At the first thing that it is not sure of
 * it gives up, and the whole parser reads the file. Where it gives a value, that parser gives the same (a test compares them).
 */

/** Given up: not an error, only not plain enough. */
export const NOT_PLAIN = Symbol("not plain");

class GaveUp extends Error {}
const GAVE_UP = new GaveUp();
const giveUp = (): never => {
  throw GAVE_UP;
};

/** Anything else may be what YAML calls not printable, or a line break of another sort. */
const UNUSUAL = /[^\n\x20-\x7e\xa0-\u1fff]/;

const KEY = /[A-Za-z][A-Za-z0-9_]*:(?=[ \n]|$)/y;
/** Up to the end of the line. A scalar that begins otherwise may be anything. */
const PLAIN = /[A-Za-z0-9_$(/~.=<\xa0-\u1fff][^\n]*/y;
/** Within brackets. */
const FLOW_PLAIN = /[A-Za-z0-9_$(/~.=<\xa0-\u1fff][^\n,[\]{}:#"']*/y;
const FLOW_KEY = /[A-Za-z][A-Za-z0-9_]*:(?= )/y;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'(?!')/y;
const REST_OF_LINE = /(?: *$| *\n| +#[^\n]*(?:\n|$))/y;
const DECIMAL = /^(?:0|[1-9]\d{0,14})$/;
/** What might be a number of any other form. */
const NUMBERLIKE = /^[\d.][\dA-Fa-fxXoOeEiInN.+_-]*$/;

/** As a key, such a word is not quite itself. */
const KEYWORD = /^(?:true|false|null)$/i;

/** No definition nests like this; the whole parser says so at the place. */
const DEEPEST = 50;

const SPACE = 32;
const NEWLINE = 10;
const HASH = 35;
const DASH = 45;
const DOT = 46;

export function readPlainYaml(text: string): unknown {
  if (UNUSUAL.test(text)) return NOT_PLAIN;
  try {
    return new PlainReader(text).document();
  } catch (error) {
    if (error === GAVE_UP) return NOT_PLAIN;
    throw error;
  }
}

/** A class, because it holds where it is in the text. */
class PlainReader {
  private at = 0;
  /** Of the line that `at` is in; -1 at the end. */
  private indent = 0;
  /** How many collections are open. */
  private depth = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    this.toNextLine();
    // Markers of documents, and the empty file.
    if (this.indent !== 0) giveUp();
    const value = this.block(0);
    if (this.at < this.text.length) giveUp();
    return value;
  }

  /** From the beginning of a line to the first character of the next one that has content. */
  private toNextLine(): void {
    const { text } = this;
    for (;;) {
      const start = this.at;
      while (text.charCodeAt(this.at) === SPACE) this.at++;
      const first = text.charCodeAt(this.at);
      if (first === HASH) {
        const end = text.indexOf("\n", this.at);
        this.at = end === -1 ? text.length : end + 1;
      } else if (first === NEWLINE) this.at++;
      else {
        this.indent = this.at >= text.length ? -1 : this.at - start;
        // "..." and "---" at the beginning of a line end documents.
        if (this.indent === 0 && first === DOT) giveUp();
        return;
      }
    }
  }

  private block(indent: number): unknown {
    if (this.text.charCodeAt(this.at) === DASH) return this.list(indent);
    return this.mapping(indent);
  }

  private mapping(indent: number): unknown {
    const found: Record<string, unknown> = {};
    this.open();
    do {
      const key = this.match(KEY).slice(0, -1);
      if (key in found || KEYWORD.test(key)) giveUp();
      this.skipSpaces();
      found[key] = this.endsLine() ? this.nested(indent, true) : this.inline(indent);
    } while (this.indent === indent);
    if (this.indent > indent) giveUp();
    this.depth--;
    return found;
  }

  private list(indent: number): unknown {
    const found: unknown[] = [];
    this.open();
    while (this.indent === indent && this.text.charCodeAt(this.at) === DASH) {
      this.at++;
      if (this.endsLine()) {
        found.push(this.nested(indent, false));
        continue;
      }
      if (this.text.charCodeAt(this.at) !== SPACE) giveUp();
      const before = this.at;
      this.skipSpaces();
      KEY.lastIndex = this.at;
      if (KEY.test(this.text)) {
        const inner = indent + 1 + this.at - before;
        this.indent = inner;
        found.push(this.mapping(inner));
      } else found.push(this.inline(indent));
    }
    if (this.indent > indent) giveUp();
    this.depth--;
    return found;
  }

  /** What stands indented under a key or a dash; a list may stand in the column of its key. */
  private nested(indent: number, ofKey: boolean): unknown {
    this.endLine();
    if (this.indent > indent) return this.block(this.indent);
    if (ofKey && this.indent === indent && this.text.charCodeAt(this.at) === DASH) return this.list(indent);
    return null;
  }

  /** A value on the line of its key, and the step to the next line. */
  private inline(indent: number): unknown {
    const first = this.text[this.at];
    const value =
      first === "{" || first === "["
        ? this.flow()
        : first === '"' || first === "'"
          ? this.quoted()
          : this.resolve(this.plain());
    this.endLine();
    // It would go on there.
    if (this.indent > indent) giveUp();
    return value;
  }

  private plain(): string {
    const line = this.match(PLAIN);
    const comment = line.indexOf(" #");
    const all = comment === -1 ? line : line.slice(0, comment);
    this.at -= line.length - all.length;
    const value = all.trimEnd();
    if (value.includes(": ") || value.endsWith(":")) giveUp();
    return value;
  }

  private quoted(): string {
    return this.match(QUOTED).slice(1, -1);
  }

  private flow(): unknown {
    const { text } = this;
    const opening = text[this.at];
    if (opening !== "{" && opening !== "[") {
      return opening === '"' || opening === "'" ? this.quoted() : this.resolve(this.match(FLOW_PLAIN).trimEnd());
    }
    const closing = opening === "{" ? "}" : "]";
    const list: unknown[] = [];
    const mapping: Record<string, unknown> = {};
    this.open();
    this.at++;
    this.skipSpaces();
    if (text[this.at] !== closing) {
      for (;;) {
        if (opening === "[") list.push(this.flow());
        else {
          const key = this.match(FLOW_KEY).slice(0, -1);
          this.skipSpaces();
          if (key in mapping || KEYWORD.test(key)) giveUp();
          mapping[key] = this.flow();
        }
        this.skipSpaces();
        if (text[this.at] === closing) break;
        if (text[this.at] !== ",") giveUp();
        this.at++;
        this.skipSpaces();
      }
    }
    this.at++;
    this.depth--;
    return opening === "{" ? mapping : list;
  }

  /** YAML 1.2's core schema, as far as there is no doubt. */
  private resolve(text: string): unknown {
    switch (text.charCodeAt(0)) {
      case 110: // n
      case 78: // N
      case 126: // ~
        return text === "~" || text === "null" || text === "Null" || text === "NULL" ? null : text;
      case 116: // t
      case 84: // T
        return text === "true" || text === "True" || text === "TRUE" ? true : text;
      case 102: // f
      case 70: // F
        return text === "false" || text === "False" || text === "FALSE" ? false : text;
      default:
        if (DECIMAL.test(text)) return Number(text);
        return NUMBERLIKE.test(text) ? giveUp() : text;
    }
  }

  private open(): void {
    if (++this.depth > DEEPEST) giveUp();
  }

  /** The text that the pattern finds here. */
  private match(pattern: RegExp): string {
    const start = this.at;
    pattern.lastIndex = start;
    if (!pattern.test(this.text)) giveUp();
    this.at = pattern.lastIndex;
    return this.text.slice(start, this.at);
  }

  private skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at++;
  }

  private endsLine(): boolean {
    const next = this.text.charCodeAt(this.at);
    return next === NEWLINE || Number.isNaN(next) || (next === HASH && this.text.charCodeAt(this.at - 1) === SPACE);
  }

  private endLine(): void {
    if (this.text.charCodeAt(this.at) === HASH) this.at--;
    this.match(REST_OF_LINE);
    this.toNextLine();
  }
}
