/** The connection to S3. Credentials, region and endpoint come from where every AWS program finds them. */
import type { S3Client } from "@aws-sdk/client-s3";
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { s3Refused } from "../codes.ts";

/** `s3://bucket/key`, taken apart. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

/** @throws DiagnosticError where it is no such address */
export function s3Place(uri: string, span?: Span): S3Place {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match) return { bucket: match[1]!, key: match[2]! };
  const message = `${uri} is not an address of S3`;
  throw new DiagnosticError([
    s3Refused({ message, ...(span && { span }), hint: "They look like s3://bucket/folder/file.csv" }),
  ]);
}

let client: Promise<S3Client> | undefined;

/** One for the process; made when the first S3 address is met, for the library takes a while to load. */
export function s3(): Promise<S3Client> {
  client ??= connect();
  return client;
}

async function connect(): Promise<S3Client> {
  // Its advice on versions of Node is for us, not for those who run CTF.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { S3Client } = await import("@aws-sdk/client-s3");
  const custom = process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"];
  return new S3Client({
    // Servers that only resemble S3 stall or store garbage at the checksums that are sent by default.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    followRegionRedirects: true,
    ...(custom && { forcePathStyle: true }),
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
  });
}

/** Ends the connections; the next use makes new ones. */
export async function disconnectS3(): Promise<void> {
  const open = client;
  client = undefined;
  (await open)?.destroy();
}

interface AwsError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export const statusOf = (error: unknown): number | undefined => (error as AwsError).$metadata?.httpStatusCode;

/** Worth another try: no answer, or the server's own trouble. What S3 refused, it will refuse again. */
export function mayPass(error: unknown): boolean {
  const { name = "" } = error as AwsError;
  const status = statusOf(error);
  if (noCredentials.test(name) || isRegionMissing(error)) return false;
  return status === undefined || status >= 500 || status === 429 || status < 300;
}

const noCredentials = /^(CredentialsProviderError|ProviderError|TokenProviderError)$/;
const isRegionMissing = (error: unknown): boolean =>
  /region (is missing|not accepted)/i.test((error as AwsError).message ?? "");

/** Never the library's own words: they quote keys. */
export function s3Problem(error: unknown, uri: string, doing: keyof typeof rights, span?: Span): DiagnosticError {
  const { says, hint } = explained(error as AwsError, uri, doing);
  return new DiagnosticError([s3Refused({ message: `${uri}: ${says}`, ...(span && { span }), hint })]);
}

const rights = { read: "s3:GetObject", list: "s3:ListBucket", write: "s3:PutObject" } as const;

function explained(
  error: AwsError,
  uri: string,
  doing: keyof typeof rights,
): { readonly says: string; readonly hint: string } {
  const { name = "" } = error;
  const status = statusOf(error);
  const bucket = uri.split("/")[2]!;
  if (isRegionMissing(error)) {
    return {
      says: "no AWS region is set",
      hint: "Set AWS_REGION to the bucket's region, or AWS_PROFILE to a profile with one.",
    };
  }
  if (noCredentials.test(name)) {
    return {
      says: "no AWS credentials were found, or they are no longer valid",
      hint: "Set AWS_PROFILE (and `aws sso login`), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them.",
    };
  }
  if (/^(ExpiredToken|TokenRefreshRequired|InvalidToken)/.test(name)) {
    return { says: "the AWS credentials have expired", hint: "Get new ones, for instance with `aws sso login`." };
  }
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch)/.test(name)) {
    return {
      says: "S3 does not accept the AWS credentials",
      hint: "Check where they come from: `aws sts get-caller-identity`.",
    };
  }
  if (name === "RequestTimeTooSkewed") {
    return { says: "this machine's clock is wrong", hint: "S3 refuses requests that are minutes off. Set the clock." };
  }
  if (name === "NoSuchBucket") {
    return {
      says: `there is no bucket ${bucket}`,
      hint: "Check the name; a bucket of another partition or server does not count.",
    };
  }
  if (/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint)/.test(name) || status === 301) {
    return { says: `bucket ${bucket} is in another region`, hint: "Set AWS_REGION to the bucket's region." };
  }
  if (status === 403) {
    return { says: `no permission to ${doing} it`, hint: `The credentials' role needs ${rights[doing]} there.` };
  }
  if (status === 404) return { says: "it is gone", hint: "Somebody has deleted it meanwhile." };
  if (status === undefined || status < 300) {
    const code = error.code ?? name;
    return { says: `no answer from S3 (${code})`, hint: "Check the network, AWS_REGION and AWS_ENDPOINT_URL." };
  }
  return { says: `S3 answered ${status} ${name}`.trim(), hint: "See AWS's list of S3 error codes." };
}
