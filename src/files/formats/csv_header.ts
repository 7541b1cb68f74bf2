import { LONGEST } from "../batches.ts";
import type { CsvScanner } from "./csv.ts";

export interface CsvHeader {
  /** Empty for a file without a byte. */
  readonly names: readonly string[];
  /** How many lines it takes. */
  readonly lines: number;
  /** What comes after it. */
  readonly texts: AsyncGenerator<string>;
}

/** Takes the first record off the texts. One that does not end is taken to be its first line. */
export async function csvHeader(texts: AsyncGenerator<string>, scanner: CsvScanner): Promise<CsvHeader> {
  let text = "";
  for (;;) {
    const next = await texts.next();
    const atEnd = next.done === true;
    if (!atEnd) text += next.value;
    if (text.length === 0) {
      if (atEnd) return { names: [], lines: 0, texts };
      continue;
    }
    const scanned = scanner.scan(text, 0, atEnd || text.length > LONGEST);
    if (scanned.state === "cut_off") continue;
    const names = scanner.fields.map((name) => name ?? "");
    return { names, lines: scanned.lines, texts: withRest(text.slice(scanned.end), texts) };
  }
}

async function* withRest(rest: string, texts: AsyncGenerator<string>): AsyncGenerator<string> {
  yield rest;
  yield* texts;
}
