/** What PostgreSQL's grammar stumbles over most often in what people type, and what to write. */

interface Slip {
  /** Right before the place of the error, and from it on. */
  readonly before?: RegExp;
  readonly at?: RegExp;
  readonly hint: string;
}

const NAMES = 'Names that need it stand between " and ", and most need none.';
const SLIPS: readonly Slip[] = [
  {
    before: /,\s*$/,
    at: /^(from|where|group|having|order|limit|union|\)|;|$)/i,
    hint: "A comma stands before it, though nothing more follows in its list: take the comma out.",
  },
  { before: /\bselect\s+top\s*$/i, hint: "PostgreSQL has LIMIT for this, at the end of the SELECT: LIMIT 10." },
  { at: /^`/, hint: NAMES },
  { at: /^\[/, hint: NAMES },
];

/** `offset` counts code points, from 0. */
export function hintOnSlip(text: string, offset: number): string | undefined {
  const characters = [...text];
  const before = characters.slice(0, offset).join("");
  const at = characters.slice(offset).join("");
  return SLIPS.find((slip) => (slip.before?.test(before) ?? true) && (slip.at?.test(at) ?? true))?.hint;
}
