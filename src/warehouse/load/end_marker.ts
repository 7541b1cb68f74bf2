/**
 * Up to PostgreSQL 17, a line that is only `\.` ends a COPY in CSV format too, and all rows after it are dropped without
 * a word (release notes of 18, "COPY FROM"). So such a file is not given to COPY as it is.
 */
import type pg from "pg";
import { rowsOf } from "../session/batch.ts";

const MARKER = Buffer.from("\\.");
const LF = 0x0a;
const CR = 0x0d;

export async function markerEnds(client: pg.Client): Promise<boolean> {
  const [row] = await rowsOf(client, "SELECT pg_catalog.current_setting('server_version_num')::int < 180000 AS ends");
  return row?.["ends"] === true;
}

/** Passes the bytes on, and calls `found` once if such a line comes by. */
export async function* watchForMarker(bytes: AsyncIterable<Uint8Array>, found: () => void): AsyncGenerator<Uint8Array> {
  // The end of what came before, as far as a marker may begin in it: a line break and two characters.
  let tail = Buffer.from([LF]);
  let seen = false;
  for await (const chunk of bytes) {
    if (!seen) {
      const text = Buffer.concat([tail, chunk]);
      seen = hasMarker(text, false);
      tail = text.subarray(-3);
    }
    yield chunk;
  }
  if (seen || hasMarker(tail, true)) found();
}

function hasMarker(text: Buffer, atEnd: boolean): boolean {
  for (let at = text.indexOf(MARKER); at >= 0; at = text.indexOf(MARKER, at + 1)) {
    const begins = at > 0 && isBreak(text[at - 1]);
    const after = at + MARKER.length;
    const ends = after < text.length ? isBreak(text[after]) : atEnd;
    if (begins && ends) return true;
  }
  return false;
}

const isBreak = (byte: number | undefined): boolean => byte === LF || byte === CR;
