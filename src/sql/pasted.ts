/** Characters that word processors, chats and web pages put in the place of those that SQL is written with. */
import type { Diagnostic, TextEdit } from "../diagnostics/diagnostic.ts";
import type { Code } from "../project/types.ts";
import { pastedCharacter } from "./codes.ts";
import { scan } from "./parser.ts";
import { placesIn } from "./positions.ts";

interface Lookalike {
  readonly characters: RegExp;
  readonly what: string;
  /** What SQL is written with. */
  readonly meant: string;
  readonly hint: string;
}

const QUOTES = `Texts stand between ' and ', names that need it between " and ".`;
const LOOKALIKES: readonly Lookalike[] = [
  { characters: /[\u2018\u2019\u201a\u201b]/u, what: "a curly quote", meant: "'", hint: QUOTES },
  { characters: /[\u201c\u201d\u201e\u201f]/u, what: "a curly quote", meant: '"', hint: QUOTES },
  { characters: /[\u2010-\u2013\u2212]/u, what: "a dash that is no minus", meant: "-", hint: "Write -." },
  { characters: /\u2014/u, what: "a long dash", meant: "--", hint: "A comment begins with --, and minus is -." },
  {
    characters: /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u,
    what: "a space that is none to PostgreSQL (a non-breaking one, for example)",
    meant: " ",
    hint: "Write a usual space.",
  },
  {
    characters: /[\u200b-\u200d\u2060\ufeff]/u,
    what: "a character that nobody sees",
    meant: "",
    hint: "Remove it, or the word that it stands in, and write that again.",
  },
];
const ANY = new RegExp(LOOKALIKES.map(({ characters }) => characters.source).join("|"), "gu");

/**
 * The first of them that stands outside of texts, comments and quoted names, and edits that put all of them right;
 * undefined if there is none. PostgreSQL takes them for letters, so what it would say of them helps nobody. The caller has
 * awaited `loadParser()`.
 */
export function pastedIn(code: Code): Diagnostic | undefined {
  if (code.text.search(ANY) === -1) return undefined;
  // With blanks in their place, those within a text, a comment or a quoted name are in the middle of its token.
  const tokens = scan(code.text.replace(ANY, (character) => " ".repeat(Buffer.byteLength(character))));
  // A text that never ends, for one: who could tell what stands in it?
  if (tokens.length === 0) return undefined;
  const places = placesIn(code);
  const found = byteOffsetsOf(code.text).filter(
    ({ from }) => !tokens.some(({ start, end }) => start < from && from < end),
  );
  const [first, ...others] = found.map(({ character, from }) => ({
    ...LOOKALIKES.find(({ characters }) => characters.test(character))!,
    span: {
      file: code.file,
      start: places.position(from),
      end: places.position(from + Buffer.byteLength(character)),
    },
  }));
  if (!first) return undefined;
  const more = others.length === 0 ? "" : `, and ${others.length} more such after it`;
  return pastedCharacter({
    message: `SQL: here stands ${first.what}${more}`,
    span: first.span,
    hint: first.hint,
    fix: [first, ...others].map(({ span, meant }): TextEdit => ({ span, text: meant })),
  });
}

/** Of each, in UTF-8 bytes. */
function byteOffsetsOf(text: string): readonly { readonly character: string; readonly from: number }[] {
  let [index, byte] = [0, 0];
  return [...text.matchAll(ANY)].map((match) => {
    byte += Buffer.byteLength(text.slice(index, match.index));
    index = match.index;
    return { character: match[0], from: byte };
  });
}
