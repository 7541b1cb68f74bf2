/** Values within { } that need quotes and have none: YAML's own complaint comes later in the line, and is of something else. */

interface UnquotedValue {
  readonly offset: number;
  readonly end: number;
  readonly message: string;
  readonly hint: string;
}

/** As a person reads a line: a value goes on up to a comma with a key after it, or to the bracket at its end. */
const ENTRY =
  /(?<=[{,]\s*(?:\w+|"[^"]*"|'[^']*'):\s+)\S(?:.*?\S)??(?=\s*(?:,\s*(?:\w+|"[^"]*"|'[^']*'):(?:\s|$)|\}[\s\]},]*(?:#.*)?$))/g;

/** In a line of its own only a range that begins like a list is none. */
const OWN_LINE = /(?<=^\s*(?:- +)*\w+:\s+)\[[^()[\]{}"']*,[^()[\]{}"']*\)(?=\s*(?:#.*)?$)/g;

/** The first of the line that `offset` is in. */
export function unquotedIn(text: string, offset: number): UnquotedValue | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const line = /.*/.exec(text.slice(start))![0];
  for (const match of [...line.matchAll(ENTRY), ...line.matchAll(OWN_LINE)]) {
    const [value] = match;
    const from = start + match.index;
    const words = SLIPS.find(({ has }) => has.test(value));
    if (words) {
      const hint = words.hint ?? `Put it in quotes: ${quotes(value)}.`;
      return { offset: from, end: from + value.length, message: words.message(value), hint };
    }
  }
  return undefined;
}

interface Slip {
  readonly has: RegExp;
  readonly message: (value: string) => string;
  readonly hint?: string;
}

const SLIPS: readonly Slip[] = [
  {
    has: /^(?:\([^()[\]{}"']*,[^()[\]{}"']*[)\]]|\[[^()[\]{}"']*,[^()[\]{}"']*\))$/,
    message: () => "a range must be in quotes",
  },
  {
    has: /^(?:[@`%*&!]|[-?|>](?:\s|$))/,
    message: (value) => `a value can't begin with ${value[0]!} unless it is in quotes`,
  },
  {
    has: /^'(?:[^']|'')*'[^'\s,:}\]]/,
    message: () => "something stands after the closing quote of this value",
    hint: "A quote within a value in single quotes is written twice: 'it''s'.",
  },
  { has: /^[^\s"'[{]*:(?:\s|$)/, message: () => "a value with a colon and a space in it must be in quotes" },
  { has: /^(?!["']).*(?:^|\s)#/, message: () => "# begins a comment, unless the value is in quotes" },
  { has: /^[^"'[{].*[[\]{}]/, message: () => "a value with brackets in it must be in quotes" },
];

/** Single ones are for what has double ones or a backslash, which would mean something else there. */
const quotes = (value: string): string => (/["\\]/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`);
