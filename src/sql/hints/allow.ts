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
  good: exampleOf("SELECT claim_id FROM h.claims -- it is known why: ctf: allow CTF331 because claims are kept"),
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
    const says = token.text.slice(token.text.indexOf(MARK) + MARK.length).trim();
    const [codes = "", ...reason] = says.split(" because ");
    const { line } = places.position(token.start);
    const before = tokens[n - 1];
    const isAlone = !before || places.position(before.end).line < line;
    return [
      {
        codes: codes.split(/[\s,]+/).map((code) => code.toUpperCase()),
        hasReason: reason.join(" because ").trim() !== "",
        offset: token.start,
        lines: isAlone ? [line, line + 1] : [line],
      },
    ];
  });
}
