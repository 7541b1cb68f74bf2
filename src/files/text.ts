/** Rows as the text of a COPY. */

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const escaped = (value: string): string => value.replaceAll(/[\\\n\r\t]/g, (character) => escapes[character]!);

/** A value as COPY's text format has it. */
export const copyText = (value: string): string => (isPlain(value) ? value : escaped(value));

const unescapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
};

/** A value of COPY's text format. */
export function copied(text: string): string | null {
  if (text === String.raw`\N`) return null;
  return text.includes("\\")
    ? text.replaceAll(/\\(.)/g, (_, character: string) => unescapes[character] ?? character)
    : text;
}

/** Records as rows of COPY's text format, each with its line end. */
export function copyRows(records: readonly { readonly values: readonly (string | null)[] }[]): string {
  let text = "";
  for (const { values } of records) {
    let separator = "";
    for (const value of values) {
      text += separator;
      if (value === null) text += "\\N";
      else text += copyText(value);
      separator = "\t";
    }
    text += "\n";
  }
  return text;
}

/** By hand: a regular expression takes several times as long on texts as short as most are. */
function isPlain(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === 92 || (code < 14 && (code === 9 || code === 10 || code === 13))) return false;
  }
  return true;
}
