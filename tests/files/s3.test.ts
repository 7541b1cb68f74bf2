import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test, vi } from "vitest";
import { findFiles } from "../../src/files/find.ts";
import { disconnectS3 } from "../../src/files/s3/client.ts";
import { putFile } from "../../src/files/s3/write.ts";
import type { FoundFile } from "../../src/files/types.ts";
import { folderOf } from "../support/files.ts";
import { cutting, type S3Server, s3Server, useS3 } from "../support/s3.ts";
import { csv, problemsOf, readFound, span } from "./reading.ts";

const where = { root: "/", env: {}, source: "claims", span };
const never = new AbortController().signal;

async function bucketWith(objects: Readonly<Record<string, string | Uint8Array>>): Promise<S3Server> {
  const server = await s3Server();
  await server.client.send(new CreateBucketCommand({ Bucket: "bucket" }));
  const put = ([Key, text]: [string, string | Uint8Array]) =>
    server.client.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: Buffer.from(text) }));
  await Promise.all(Object.entries(objects).map(put));
  return server;
}

const only = async (pattern: string): Promise<FoundFile> => (await findFiles([pattern], where))[0]!;

async function hashOf(file: FoundFile, signal = never): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of file.open(signal)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

test("patterns: * does not cross a slash, ** does, and every page of a long list is seen", async () => {
  const many = Object.fromEntries(Array.from({ length: 1005 }, (_, n) => [`many/${n}.csv`, "x"]));
  await bucketWith({ "in/a.csv": "1", "in/b.csv": "22", "in/deep/c.csv": "3", "in/d.txt": "4", "in/": "", ...many });
  const found = async (pattern: string) =>
    (await findFiles([pattern], where)).map(({ path, size }) => `${path} ${size}`);
  expect(await found("s3://bucket/in/*.csv")).toEqual(["s3://bucket/in/a.csv 1", "s3://bucket/in/b.csv 2"]);
  expect(await found("s3://bucket/in/**/*.csv")).toHaveLength(3);
  expect(await found("s3://bucket/in/b.csv")).toEqual(["s3://bucket/in/b.csv 2"]);
  expect(await found("s3://bucket/in/[ad].{csv,txt}")).toEqual(["s3://bucket/in/a.csv 1", "s3://bucket/in/d.txt 1"]);
  expect(await found("s3://bucket/many/*")).toHaveLength(1005);
});

test("what is not there or not allowed is told, all at once, and never with a key", async () => {
  await bucketWith({ "a.csv": "1" });
  const problems = await problemsOf(
    findFiles(
      ["s3://bucket/none.csv", "s3://bucket/none*.csv", "s3://nowhere/*.csv", "s3://nowhere/a.csv", "s3://bucket"],
      where,
    ),
  );
  expect(problems).toEqual([
    "sources.yaml:2:3 CTF801 source claims: no file matches s3://bucket/none.csv",
    "sources.yaml:2:3 CTF801 source claims: no file matches s3://bucket/none*.csv",
    expect.stringContaining("CTF804 s3://nowhere/*.csv: there is no bucket nowhere →"),
    expect.stringContaining("CTF804 s3://nowhere/a.csv: there is no bucket nowhere →"),
    expect.stringContaining("CTF804 s3://bucket is not an address of S3 →"),
  ]);
});

describe("the environment", () => {
  test.each([
    [
      "no credentials",
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      "no AWS credentials were found",
    ],
    ["no region", { AWS_REGION: undefined }, "no AWS region is set"],
    ["a region that is none", { AWS_REGION: "" }, "no AWS region is set"],
  ])("%s", async (_, env, says) => {
    await useS3(9);
    vi.stubEnv("HOME", folderOf({}));
    for (const name of ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"]) vi.stubEnv(name, "/nonexistent");
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(await problemsOf(findFiles(["s3://bucket/*"], where))).toEqual([expect.stringContaining(says)]);
  });

  test("nobody answers", async () => {
    await useS3(9);
    expect(await problemsOf(findFiles(["s3://bucket/*"], where))).toEqual([
      expect.stringContaining("CTF804 s3://bucket/*: no answer from S3 (ECONNREFUSED) → Check the network"),
    ]);
  });
});

describe("a dropped connection", () => {
  const content = randomBytes(3_000_000);

  test("is resumed where it broke off", async () => {
    const { port } = await bucketWith({ "big.bin": content });
    // The first connection finds the file, then two are cut in the middle of the answer.
    const proxy = await cutting(port, [500_000, 1_200_000, 100]);
    await useS3(proxy.port);
    const file = await only("s3://bucket/big.bin");
    expect(await hashOf(file)).toBe(createHash("sha256").update(content).digest("hex"));
    expect(proxy.connections()).toBeGreaterThan(3);
    expect(Buffer.from(await file.slice(1000, 1010, never))).toEqual(content.subarray(1000, 1010));
  });

  test("is given up when nothing comes any more", async () => {
    const { port } = await bucketWith({ "big.bin": content });
    const proxy = await cutting(port, [5000, ...Array.from({ length: 100 }, () => 0)]);
    await useS3(proxy.port);
    const file = await only("s3://bucket/big.bin");
    expect(await problemsOf(hashOf(file))).toEqual([
      expect.stringContaining("CTF804 s3://bucket/big.bin: no answer from S3"),
    ]);
  });

  test("is not resumed with the bytes of another file", async () => {
    const { port, client } = await bucketWith({ "big.bin": content });
    await useS3((await cutting(port, [500_000])).port);
    const file = await only("s3://bucket/big.bin");
    await client.send(new PutObjectCommand({ Bucket: "bucket", Key: "big.bin", Body: randomBytes(3_000_000) }));
    expect(await problemsOf(hashOf(file))).toEqual([
      "s3://bucket/big.bin CTF805 s3://bucket/big.bin changed while it was read → Nothing was loaded. Run it again when the file is complete.",
    ]);
  });

  test("stops at once when it is to stop", async () => {
    await bucketWith({ "big.bin": content });
    const file = await only("s3://bucket/big.bin");
    const stop = new AbortController();
    stop.abort();
    await expect(hashOf(file, stop.signal)).rejects.toThrow();
  });
});

test("records come from S3 like from the disk", async () => {
  await bucketWith({ "a.csv": "a,b\n1,2\n", "empty.csv": "" });
  expect(await readFound(await only("s3://bucket/a.csv"), csv, { columns: ["a", "b"] })).toMatchObject({
    rows: [["1", "2"]],
    bytes: 8,
  });
  expect(
    await readFound(await only("s3://bucket/empty.csv"), { ...csv, header: false }, { columns: ["a"] }),
  ).toMatchObject({ rows: [] });
});

describe("an upload", () => {
  const stored = async ({ client }: S3Server, Key: string) =>
    Buffer.from(
      await (await client.send(new GetObjectCommand({ Bucket: "bucket", Key }))).Body!.transformToByteArray(),
    );

  test.each([
    ["nothing", 0],
    ["one piece", 1000],
    ["parts", 40_000_000],
  ])("of %s", async (_, size) => {
    const server = await bucketWith({});
    const content = randomBytes(size);
    await putFile(join(folderOf({ f: content }), "f"), "s3://bucket/out/f", never);
    expect((await stored(server, "out/f")).equals(content)).toBe(true);
  });

  test("that breaks off leaves what was there before, and no parts", async () => {
    const server = await bucketWith({ "out/f": "before" });
    const path = join(folderOf({ f: randomBytes(40_000_000) }), "f");
    const stop = new AbortController();
    const parts = vi.spyOn(Buffer, "allocUnsafe").mockImplementation((size) => {
      // The second part: the first has been sent.
      if (size > 10_000_000 && parts.mock.calls.filter(([one]) => one > 10_000_000).length > 1) stop.abort();
      return Buffer.alloc(size);
    });
    await expect(putFile(path, "s3://bucket/out/f", stop.signal)).rejects.toThrow(/abort/i);
    parts.mockRestore();
    expect(String(await stored(server, "out/f"))).toBe("before");
    expect((await server.client.send(new ListMultipartUploadsCommand({ Bucket: "bucket" }))).Uploads ?? []).toEqual([]);
  });

  test("that is refused says so", async () => {
    await bucketWith({});
    const path = join(folderOf({ f: "x" }), "f");
    expect(await problemsOf(putFile(path, "s3://nowhere/f", never))).toEqual([
      expect.stringContaining("CTF810 s3://nowhere/f: there is no bucket nowhere"),
    ]);
    await disconnectS3();
  });
});
