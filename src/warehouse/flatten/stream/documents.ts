/** Documents one after the other, from a table or from files, each with what goes along. */
import type pg from "pg";
import { copied } from "../../../files/text.ts";
import { wholeLines } from "../../../files/whole_lines.ts";
import type { DocumentFiles, DocumentRows } from "../../../plan/types.ts";
import { batch } from "../../session/batch.ts";
import type { Work } from "../../work.ts";
import { copyOut } from "../../read/copy_out.ts";
import type { Reason } from "../reasons.ts";
import { selectDocuments, type Stored } from "../sql/documents.ts";
import { isMap, jsonText, JsonNumber, readJson, type Json } from "./json.ts";
import { fileLines } from "./lines.ts";

/** `text` is the document's own; what can't be walked has a fault already. */
export interface GivenDocument {
  readonly key: string | null;
  readonly formKey: string | null;
  readonly text: string | null;
  /** Read already, where it is part of a line. */
  readonly read?: { readonly value: Json; readonly leaves: number };
  readonly fault?: Reason;
  readonly file?: string;
  readonly line?: number;
  readonly digest?: string | null;
  /** The values of the output's columns that come from the document, in their order. */
  readonly carried: readonly (string | null)[];
}

/** The server has the next rows ready all the same; bytes that wait here would outlive the garbage around them. */
const AHEAD = 1 << 14;

/** In batches, so that waiting costs little. */
export async function* tableDocuments(
  work: Work,
  rows: DocumentRows,
  stored: Omit<Stored, "jsonb" | "major">,
): AsyncGenerator<readonly GivenDocument[]> {
  const session = await work.another();
  await batch(session, SETTINGS);
  const bytes = copyOut(
    session,
    `COPY (${selectDocuments(rows, stored)}) TO STDOUT WITH (FORMAT text, ENCODING 'UTF8')`,
    AHEAD,
  );
  try {
    for await (const lines of wholeLines(bytes as AsyncIterable<Buffer>)) {
      yield lines.map((line) => fromRow(line.split("\t").map(copied)));
    }
  } finally {
    if (!bytes.readableEnded) end(session);
  }
}

const end = (client: pg.Client): void => void client.end().catch(() => {});

/** How values look must not depend on the server's or the role's settings. */
const SETTINGS = [
  "SET DateStyle TO 'ISO, YMD'",
  "SET IntervalStyle TO 'iso_8601'",
  "SET bytea_output TO 'hex'",
  "SET extra_float_digits TO 3",
].map((text) => ({ text }));

function fromRow([key, formKey, text, fault, digest, ...carried]: readonly (string | null)[]): GivenDocument {
  return {
    key: key!,
    formKey: formKey!,
    text: text!,
    digest: digest!,
    carried,
    ...(fault != null && { fault: fault as Reason }),
  };
}

/** So many characters of lines are read as documents at a time: what has been read takes many times the room of its text. */
const TOGETHER = 1 << 16;

/** Lines of JSON. A line that is none is a document with a fault. */
export async function* fileDocuments(work: Work, rows: DocumentRows): AsyncGenerator<readonly GivenDocument[]> {
  for await (const lines of fileLines(work, rows.documents.from as DocumentFiles)) {
    let documents: GivenDocument[] = [];
    let characters = 0;
    for (const { text, broken, ...place } of lines) {
      documents.push({ ...(broken ? faulty(text, "malformed") : fromLine(rows, text)), ...place });
      characters += text.length;
      if (characters < TOGETHER) continue;
      yield documents;
      documents = [];
      characters = 0;
    }
    yield documents;
  }
}

const faulty = (text: string, fault: Reason): GivenDocument => ({ key: null, formKey: null, text, fault, carried: [] });

function fromLine({ documents, columns }: DocumentRows, text: string): GivenDocument {
  const read = readJson(text);
  if ("fault" in read) return faulty(text, read.fault);
  const line = read.value;
  if (!isMap(line)) return faulty(text, "not_an_object");
  const member = (name: string): string | null => valueText(line.get(name));
  const key = member(documents.key);
  const given = {
    key,
    formKey: documents.formKey === undefined ? null : member(documents.formKey),
    carried: columns.flatMap(({ from }) => (from.type === "document" ? [member(from.column)] : [])),
  };
  if (key === null) return { ...given, text, fault: "no_key" };
  if (documents.column === undefined) return { ...given, text, read };
  const document = line.get(documents.column);
  if (document === undefined) return { ...given, text: null, fault: "no_document" };
  return { ...given, text: jsonText(document), read: { value: document, leaves: leavesIn(document) } };
}

const valueText = (value: Json | undefined): string | null =>
  value === undefined || value === null
    ? null
    : typeof value === "string"
      ? value
      : value instanceof JsonNumber
        ? value.text
        : jsonText(value);

function leavesIn(value: Json): number {
  if (isMap(value)) return [...value.values()].reduce((sum: number, member) => sum + leavesIn(member), 0);
  return Array.isArray(value) ? (value as readonly Json[]).reduce((sum: number, item) => sum + leavesIn(item), 0) : 1;
}
