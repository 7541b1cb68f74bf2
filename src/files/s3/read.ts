/** An object's bytes, whatever happens to the connection. */
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { changed } from "../open.ts";
import { mayPass, s3, s3Problem, statusOf } from "./client.ts";

/** What S3 says about an object. */
export interface S3Object {
  readonly uri: string;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Names its content: another content has another. */
  readonly etag: string;
}

/** So often in a row without a byte, then it is given up. */
const TRIES = 5;

/** Bytes `start` to `end`, without the last. Where the connection breaks off, the rest is asked for anew. */
export const readObject = (object: S3Object, start: number, end: number, signal: AbortSignal, span: Span): Readable =>
  Readable.from(chunks(object, start, end, signal, span), { objectMode: false });

async function* chunks(
  object: S3Object,
  start: number,
  end: number,
  signal: AbortSignal,
  span: Span,
): AsyncGenerator<Uint8Array> {
  let at = start;
  let failures = 0;
  while (at < end) {
    try {
      for await (const chunk of await request(object, at, end, signal)) {
        const bytes = chunk as Uint8Array;
        at += bytes.length;
        failures = 0;
        yield bytes;
      }
      // A server that closes early without an error counts as a broken connection.
      if (at < end) throw new Error("the answer was too short");
    } catch (error) {
      if (signal.aborted || error instanceof DiagnosticError) throw error;
      if (statusOf(error) === 412) throw new DiagnosticError([changed(object.uri)]);
      failures++;
      if (failures >= TRIES || !mayPass(error)) throw s3Problem(error, object.uri, "read", span);
      await sleep(50 * 2 ** failures, undefined, { signal });
    }
  }
}

/** Only of the object that was found: S3 refuses when it has become another one. */
async function request(object: S3Object, at: number, end: number, signal: AbortSignal): Promise<Readable> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const command = new GetObjectCommand({
    Bucket: object.bucket,
    Key: object.key,
    IfMatch: object.etag,
    ...((at > 0 || end < object.size) && { Range: `bytes=${at}-${end - 1}` }),
  });
  const { Body } = await (await s3()).send(command, { abortSignal: signal });
  return Body as Readable;
}
