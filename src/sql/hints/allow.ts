/** `-- ctf: allow CTF331 because …` on the line of a finding, or alone on the line above, silences it. */
import { defineCode } from "../../diagnostics/diagnostic.ts";
import { exampleOf } from "./hint.ts";
import { scan } from "../parser.ts";
import type { Places } from "../positions.ts";

export const allowWithoutReason = defineCode({
  code: "CTF330",
  name: "allow-without-reason",
  severity: "warning",
  what: "A comment allows a hint but does not say why.",
  why: "Whoever reads the SQL next year has to know whether the reason still holds.",
  todo: "Write `-- ctf: allow CTF331 because …` with the reason.",
  bad: exampleOf("SELECT claim_id FROM h.claims -- ctf: allow CTF331"),
  good: exampleOf(
    "SELECT claim_id FROM h.claims WHERE paid = NULL -- it is known why: ctf: allow CTF332 because nothing is to be found",
  ),
});

export const allowOfNothing = defineCode({
  code: "CTF335",
  name: "allow-of-nothing",
  severity: "warning",
  what: "A comment allows a hint that its line does not get, or something that is no hint.",
  why: "What it was about is gone; left there, it would hide the next one that comes. Errors can't be allowed.",
  todo: "Remove the comment, or move it to the line that it is about, or the one above. An error has to be mended; `ctf check --baseline` sets inherited ones aside.",
  bad: exampleOf("SELECT claim_id FROM h.claims WHERE paid = 1 -- ctf: allow CTF332 because it was NULL once"),
  good: exampleOf(
    "SELECT claim_id FROM h.claims WHERE paid = NULL -- ctf: allow CTF332 because nothing is to be found",
  ),
});

export interface Allowance {
  readonly codes: readonly string[];
  readonly hasReason: boolean;
  /** UTF-8 bytes. */
  readonly offset: number;
  /** Lines of the file for which it holds. */
  readonly lines: readonly number[];
}

const MARK = "ctf: allow";

export function allowances(text: string, places: Places): readonly Allowance[] {
  if (!text.includes(MARK)) return [];
  const tokens = scan(text);
  return tokens.flatMap((token, n): Allowance[] => {
    if (!token.tokenName.endsWith("_COMMENT") || !token.text.includes(MARK)) return [];
    const says = token.text
      .slice(token.text.indexOf(MARK) + MARK.length)
      .replace(/\*\/$/, "")
      .trim();
    const [codes = "", ...reason] = says.split(/\sbecause\s/);
    const { line } = places.position(token.start);
    const last = places.position(token.end).line;
    const before = tokens[n - 1];
    const isAlone = !before || places.position(before.end).line < line;
    return [
      {
        codes: codes.split(/[\s,]+/).flatMap((code) => (code === "" ? [] : [code.toUpperCase()])),
        hasReason: reason.join(" because ").trim() !== "",
        offset: token.start,
        lines: isAlone ? [line, last, last + 1] : [line],
      },
    ];
  });
}
