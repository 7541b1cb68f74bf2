/** Colours and widths of text on a terminal. */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const sgr = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;
const asIs = (text: string) => text;

const coloured: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};
const plain: Style = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs, cyan: asIs };

export const styleFor = (color: boolean): Style => (color ? coloured : plain);

// oxlint-disable-next-line no-control-regex
const ESCAPES = /\x1b\[[0-9;]*m/g;
// oxlint-disable-next-line no-control-regex
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

const cells = (char: string): number => (ZERO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

/** Terminal cells that a text takes; colours take none. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  const bare = text.replace(ESCAPES, "");
  if (PRINTABLE_ASCII.test(bare)) return bare.length;
  let width = 0;
  for (const char of bare) width += cells(char);
  return width;
}

/** The text cut to so many cells, with `…` for what is gone. Colours in it are kept and closed. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  if (PRINTABLE_ASCII.test(text)) return `${text.slice(0, width - 1)}…`;
  let out = "";
  let used = 0;
  let at = 0;
  // oxlint-disable-next-line no-control-regex
  const token = /\x1b\[[0-9;]*m|[\s\S]/uy;
  let coloursUsed = false;
  while (at < text.length) {
    token.lastIndex = at;
    const part = token.exec(text)![0];
    at += part.length;
    if (part.length > 1 && part.startsWith("\x1b")) {
      coloursUsed = true;
      out += part;
      continue;
    }
    const takes = cells(part);
    if (used + takes > width - 1) break;
    used += takes;
    out += part;
  }
  return `${out}…${coloursUsed ? "\x1b[0m" : ""}`;
}

/** Filled up with spaces to so many cells. */
export const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** As many of the items as fit, and how many more there are: `a, b +3`. */
export function fitList(items: readonly string[], width: number): string {
  const whole = items.join(", ");
  if (widthOf(whole) <= width) return whole;
  for (let shown = items.length - 1; shown >= 1; shown--) {
    const text = `${items.slice(0, shown).join(", ")} +${items.length - shown}`;
    if (widthOf(text) <= width) return text;
  }
  const more = items.length > 1 ? ` +${items.length - 1}` : "";
  return fit(items[0] ?? "", Math.max(1, width - more.length)) + more;
}
