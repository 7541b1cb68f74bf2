/** Texts of any length that is asked for. */
import type { Limits } from "../limits.ts";
import type { Random } from "../random.ts";
import { plausibleText, someWords } from "./plausible.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const TRIES = 100;

/** `longest`: what the type holds. */
export function someText(name: string, limits: Limits, longest: number, random: Random): string | undefined {
  const most = Math.min(limits.longest, longest);
  if (most < limits.shortest) return undefined;
  const fits = (text: string): boolean => text.length >= limits.shortest && [...text].length <= most;
  const { pattern } = limits;
  if (pattern) {
    for (let i = 0; i < TRIES; i++) {
      const text = pattern.make(random);
      if (fits(text) && pattern.matches(text)) return text;
    }
    return undefined;
  }
  const text = cased(plausibleText(name, random) ?? someWords(random), limits);
  if (fits(text)) return text;
  const length = Math.max(limits.shortest, Math.min(most, 8));
  return cased(Array.from({ length }, () => random.pick([...LETTERS])).join(""), limits);
}

const cased = (text: string, { letters }: Limits): string =>
  letters === "upper" ? text.toUpperCase() : letters === "lower" ? text.toLowerCase() : text;

/** `member-1` for member_id; where that is too long, `M001`. */
export function countedText(name: string, limits: Limits, longest: number, k: number): string | undefined {
  if (limits.pattern) return undefined;
  const most = Math.min(limits.longest, longest);
  const stem =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/(^-|-?(id|key|code|number|no|nr)$|-$)/g, "") || "row";
  const long = cased(`${stem}-${k}`, limits);
  if (long.length <= most && long.length >= limits.shortest) return long;
  const width = Math.max(1, Math.min(most, Math.max(limits.shortest, 4)));
  const number = k.toString(36);
  if (number.length > width) return undefined;
  const letter = (stem[0] ?? "r").toUpperCase();
  const short = number.length < width ? letter + number.padStart(width - 1, "0") : number;
  return cased(short.toUpperCase(), limits);
}
