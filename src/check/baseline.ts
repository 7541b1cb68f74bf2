/**
 * Problems that are known and left for later, in a file that is committed: a check reports only what is not in it. A problem
 * is known again by its code, its file and its message, so lines may shift.
 */
import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
import { replaceFile } from "../project/write/replace_file.ts";
import { damagedBaseline } from "./codes.ts";

const format = z.object({
  version: z.literal(1),
  known: z.array(z.object({ code: z.string(), file: z.string(), message: z.string(), count: z.int().min(1) })),
});
export type Known = z.infer<typeof format>["known"][number];

export interface Compared {
  readonly fresh: readonly Diagnostic[];
  /** How many were found that are known. */
  readonly hidden: number;
  /** What is known but was not found any more, with how often. */
  readonly gone: readonly Known[];
}

const keyOf = ({ code, file, message }: Omit<Known, "count">): string => JSON.stringify([code, file, message]);

/** Messages may name other places, and lines shift. */
const withoutPlaces = (message: string): string => message.replace(/:\d+(:\d+)?\b/g, "").replace(/\bline \d+/g, "line");

/** Sorted, so that the file changes only where the problems do. `others` stay as they are. */
export function knownOf(diagnostics: readonly Diagnostic[], others: readonly Known[] = []): readonly Known[] {
  const counted = new Map<string, Known>(others.map((one) => [keyOf(one), one]));
  for (const { code, span, message } of diagnostics) {
    const one = { code, file: span?.file ?? "", message: withoutPlaces(message) };
    const key = keyOf(one);
    counted.set(key, { ...one, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, known]) => known)
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

/**
 * Of several alike, the first ones count as the known. What is known of a file that `isThere` no more may have moved to another
 * with it.
 */
export function compare(
  diagnostics: readonly Diagnostic[],
  known: readonly Known[],
  isThere: (file: string) => boolean,
): Compared {
  const left = new Map(known.map((one) => [keyOf(one), one.count]));
  const take = (one: Omit<Known, "count">): boolean => {
    const count = left.get(keyOf(one)) ?? 0;
    if (count > 0) left.set(keyOf(one), count - 1);
    return count > 0;
  };
  const unknown = diagnostics.filter(
    ({ code, span, message }) => !take({ code, file: span?.file ?? "", message: withoutPlaces(message) }),
  );
  const moved = known.filter(({ file }) => file !== "" && !isThere(file));
  const fresh = unknown.filter(
    ({ code, message }) =>
      !moved.some((one) => one.code === code && one.message === withoutPlaces(message) && take(one)),
  );
  const gone = known.flatMap((one) => {
    const count = left.get(keyOf(one))!;
    return count > 0 ? [{ ...one, count }] : [];
  });
  return { fresh, hidden: diagnostics.length - fresh.length, gone };
}

/** Undefined where the file is not there yet. @throws DiagnosticError for a file that is something else */
export function readBaseline(path: string): readonly Known[] | undefined {
  if (!existsSync(path)) return undefined;
  const damaged = (): DiagnosticError =>
    new DiagnosticError([
      damagedBaseline({
        message: `${path} is no list of known problems`,
        hint: "Take it back from version control, or remove it to have it written anew.",
      }),
    ]);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw damaged();
  }
  const result = format.safeParse(value);
  if (!result.success) throw damaged();
  return result.data.known;
}

/** One line for each, so that version control can merge them. */
export function writeBaseline(path: string, known: readonly Known[]): void {
  const lines = known.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
  replaceFile(path, `{\n  "version": 1,\n  "known": [${lines === "" ? "" : `\n${lines}\n  `}]\n}\n`);
}
