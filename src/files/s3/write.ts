/** A local file → an object on S3, which is there as a whole or not at all. */
import { open, type FileHandle } from "node:fs/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { notUploaded } from "../codes.ts";
import { s3, s3Place, s3Problem, type S3Place } from "./client.ts";

/** S3 takes no parts smaller than 5 MB but the last, and no more than 10,000. */
const PART = 16 << 20;
const MOST_PARTS = 10_000;

/**
 * Uploads in parts, with one part in memory at a time. After a failure or an abort no part is left.
 * @throws DiagnosticError where S3 refuses
 */
export async function putFile(localPath: string, uri: string, signal: AbortSignal): Promise<void> {
  const place = s3Place(uri);
  const file = await open(localPath);
  try {
    const { size } = await file.stat();
    const client = await s3();
    if (size <= PART) await putWhole(client, place, await part(file, 0, size), signal);
    else await putParts(client, place, file, size, signal);
  } catch (error) {
    if (signal.aborted || error instanceof DiagnosticError) throw error;
    throw uploadProblem(s3Problem(error, uri, "write"));
  } finally {
    await file.close();
  }
}

async function putWhole(client: S3Client, { bucket, key }: S3Place, body: Buffer, signal: AbortSignal): Promise<void> {
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }), { abortSignal: signal });
}

async function putParts(
  client: S3Client,
  place: S3Place,
  file: FileHandle,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    UploadPartCommand,
  } = await import("@aws-sdk/client-s3");
  const target = { Bucket: place.bucket, Key: place.key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target), { abortSignal: signal });
  const upload = { ...target, UploadId };
  const partSize = Math.max(PART, Math.ceil(size / MOST_PARTS));
  try {
    const parts = [];
    for (let at = 0, PartNumber = 1; at < size; at += partSize, PartNumber++) {
      const Body = await part(file, at, Math.min(at + partSize, size));
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), {
        abortSignal: signal,
      });
      parts.push({ PartNumber, ETag });
    }
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } });
    await client.send(complete, { abortSignal: signal });
  } catch (error) {
    // Parts that stay are paid for. What went wrong first is what is told.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    throw error;
  }
}

async function part(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new Error("the file became shorter while it was uploaded");
    at += bytesRead;
  }
  return bytes;
}

const uploadProblem = ({ diagnostics }: DiagnosticError): DiagnosticError =>
  new DiagnosticError(
    diagnostics.map(({ code: _code, name: _name, severity: _severity, ...rest }) => notUploaded(rest)),
  );
