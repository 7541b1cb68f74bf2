/**
 * Which names a text could possibly mean. This only decides what is compiled together and when a kept result is too old,
 * so it errs on the side of too much: comments, aliases and strings count as well, and case does not.
 */

/** PostgreSQL cuts longer names. */
const LONGEST_NAME = 63;

export type Words = ReadonlySet<string>;

/** The words of a text; undefined where names may be hidden in escapes (`U&"d\0061ta"`), so that nothing can be said. */
export function wordsOf(text: string): Words | undefined {
  if (/u&["']/i.test(text)) return undefined;
  const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}\p{M}_$]+/u));
  for (const word of words) if (word.length > LONGEST_NAME / 4) words.add(cut(word));
  return words;
}

/** Whether every word of a name is there. */
export function says(words: Words, name: string): boolean {
  if (words.has(name.toLowerCase())) return true;
  const parts = partsOf(name);
  return parts.length > 0 && parts.every((part) => words.has(part));
}

/** The word under which a name is looked for first. */
export const firstWord = (name: string): string => partsOf(name)[0] ?? "";

const partsOf = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}_$]+/u)
    .filter(Boolean);

function cut(word: string): string {
  const bytes = Buffer.from(word);
  return bytes.length <= LONGEST_NAME ? word : bytes.toString("utf8", 0, LONGEST_NAME).replace(/\uFFFD+$/, "");
}

/** In a text of statements: what makes anything that can be used without being named (a cast, an enum's value). */
const UNNAMED =
  /\b(type|domain|operator|cast|do|extension|collation|trigger|rule|configuration|dictionary|language|call|alter|policy)\b/i;

const NAME = String.raw`(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}\p{M}_$]*)`;
const MADE = new RegExp(
  String.raw`\b(?:function|procedure|aggregate|table|view|sequence)\s+(?:if\s+not\s+exists\s+)?(?:${NAME}\s*\.\s*)?(${NAME})`,
  "giu",
);

/** Names that statements could make, without their schemas; undefined where they make what is used without a name. */
export function namesMade(statements: string): ReadonlySet<string> | undefined {
  if (UNNAMED.test(statements) || /\b(function|procedure|aggregate)\s*(\/\*|--)/i.test(statements)) return undefined;
  return new Set([...statements.matchAll(MADE)].map(([, name]) => name!.replace(/^"|"$/g, "").replaceAll('""', '"')));
}
