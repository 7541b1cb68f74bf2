/** Patterns → the objects on S3 that match. */
import type { Span } from "../../diagnostics/diagnostic.ts";
import type { FoundFile } from "../types.ts";
import { s3, s3Place, s3Problem, statusOf } from "./client.ts";
import { readObject, type S3Object } from "./read.ts";

/** `*` does not cross a `/`, `**` does. @throws DiagnosticError where S3 refuses */
export async function findOnS3(pattern: string, span: Span): Promise<readonly FoundFile[]> {
  const { bucket, key } = s3Place(pattern, span);
  const { default: picomatch } = await import("picomatch");
  try {
    const { isGlob, base } = picomatch.scan(key);
    const objects = isGlob ? await list(bucket, prefixOf(key, base), picomatch(key)) : await head(bucket, key);
    return objects.map((object) => found(object, span));
  } catch (error) {
    throw s3Problem(error, pattern, "list", span);
  }
}

/** What every match begins with: the folders before the first wildcard, and the beginning of the name if it is plain. */
function prefixOf(pattern: string, base: string): string {
  const plain = /^[^*?[\]{}()!+@\\]*/.exec(pattern)![0];
  return plain.length > base.length ? plain : base;
}

async function list(bucket: string, prefix: string, matches: (key: string) => boolean): Promise<readonly S3Object[]> {
  const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const objects: S3Object[] = [];
  for await (const page of paginateListObjectsV2({ client: await s3() }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key: key, Size: size, ETag: etag } of page.Contents ?? []) {
      // What ends with a slash stands for a folder.
      if (key === undefined || size === undefined || etag === undefined || key.endsWith("/") || !matches(key)) continue;
      objects.push({ uri: `s3://${bucket}/${key}`, bucket, key, size, etag });
    }
  }
  return objects;
}

/** One object by its name, which needs no right to list the others. */
async function head(bucket: string, key: string): Promise<readonly S3Object[]> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  try {
    const { ContentLength: size = 0, ETag: etag = "" } = await (
      await s3()
    ).send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return [{ uri: `s3://${bucket}/${key}`, bucket, key, size, etag }];
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    // The answer to HEAD has no body that says what is missing: listing tells a missing bucket from a missing object.
    await list(bucket, key, () => false);
    return [];
  }
}

const found = (object: S3Object, span: Span): FoundFile => ({
  path: object.uri,
  size: object.size,
  open: (signal) => readObject(object, 0, object.size, signal, span),
  slice: async (start, end, signal) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readObject(object, start, end, signal, span)) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  },
});
