/** Documents with what a person's function makes of them: they go through a worker, and come back in the same order. */
import { Readable } from "node:stream";
import { copied, copyText } from "../../../files/text.ts";
import { wholeLines } from "../../../files/whole_lines.ts";
import type { DocumentMap } from "../../../plan/types.ts";
import type { Work } from "../../work.ts";
import type { GivenDocument } from "./documents.ts";
import { readJson } from "./json.ts";

type Batches = AsyncIterable<readonly GivenDocument[]>;

/** On its way through the worker, without the text that comes back changed; or only waiting for those before it. */
interface Waiting {
  readonly given: GivenDocument;
  readonly sent: boolean;
}

/** What can't be read as a document is not shown to the function. @throws DiagnosticError where the function fails */
export async function* mappedDocuments(
  work: Work,
  map: DocumentMap,
  batches: Batches,
): AsyncGenerator<readonly GivenDocument[]> {
  const waiting: Waiting[] = [];
  const bytes = await work.python.map(work, map, Readable.from(textsOf(batches, waiting)));
  try {
    for await (const lines of wholeLines(bytes as AsyncIterable<Buffer>)) {
      yield lines.flatMap((line) => returned(waiting, copied(line)));
    }
    if (waiting.some(({ sent }) => sent)) throw new Error("a document did not come back");
    yield waiting.map(({ given }) => given);
  } finally {
    bytes.destroy();
  }
}

async function* textsOf(batches: Batches, waiting: Waiting[]): AsyncGenerator<string> {
  for await (const documents of batches) {
    let lines = "";
    for (const { read, ...given } of documents) {
      const sent = given.fault === undefined && given.text !== null && "value" in (read ?? readJson(given.text));
      waiting.push({ given: sent ? { ...given, text: null } : given, sent });
      if (sent) lines += `${copyText(given.text!)}\n`;
    }
    if (lines !== "") yield lines;
  }
}

/** The document that came back, after those that were never sent. */
function returned(waiting: Waiting[], text: string | null): readonly GivenDocument[] {
  const at = waiting.findIndex(({ sent }) => sent);
  const ready = waiting.splice(0, at + 1).map(({ given }) => given);
  const last = ready.pop()!;
  // JSON's null goes through Python as None; what is NULL itself was never sent.
  return [...ready, { ...last, text: text ?? "null" }];
}
