export type Fields = Readonly<Record<string, string>>;

/** Needs no quotes in YAML, wherever it stands. */
const PLAIN = /^[A-Za-z_][\w.-]*$/;
const WORD = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

const scalar = (text: string): string => (PLAIN.test(text) && !WORD.test(text) ? text : JSON.stringify(text));

/** An item of a list as people write it: `transform: paid`, or `{pipeline: claims, transform: paid}`. */
export function itemText(fields: Fields): string {
  const parts = Object.entries(fields).map(([key, value]) => `${key}: ${scalar(value)}`);
  return parts.length === 1 ? parts[0]! : `{${parts.join(", ")}}`;
}
