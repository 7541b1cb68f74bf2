import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findFiles } from "../../src/files/find.ts";
import { folderOf } from "../support/files.ts";
import { csv, oneFile, problemsOf, read, readFound, span } from "./reading.ts";

const text = `a,b\n${Array.from({ length: 50_000 }, (_, n) => `${n},text ${n % 100}\n`).join("")}`;
const zstd = (content: string): Buffer => execFileSync("zstd", ["-q", "-c"], { input: content, maxBuffer: 1 << 28 });
const how = { columns: ["a", "b"] };

const hasZstd = (() => {
  try {
    return zstd("x").length > 0;
  } catch {
    return false;
  }
})();

describe("packed files", () => {
  test.each([
    ["plain", "f.csv", Buffer.from(text)],
    ["gzip", "f.csv.gz", gzipSync(text)],
    ["gzip in capitals", "F.CSV.GZ", gzipSync(text)],
    ["gzip of several members", "f.csv.gz", Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000))])],
    ["gzip with zeros behind it", "f.csv.gz", Buffer.concat([gzipSync(text), Buffer.alloc(1024)])],
  ])("%s", async (_, name, content) => {
    const { rows, broken, checksum, bytes } = await read(content, csv, { ...how, name });
    expect({ rows: rows.length, last: rows.at(-1), broken }).toEqual({
      rows: 50_000,
      last: ["49999", "text 99"],
      broken: [],
    });
    expect({ checksum, bytes }).toEqual({
      checksum: createHash("sha256").update(content).digest("hex"),
      bytes: content.length,
    });
  });

  test.runIf(hasZstd)("zstd, in one frame or several", async () => {
    for (const content of [zstd(text), Buffer.concat([zstd(text.slice(0, 1000)), zstd(text.slice(1000))])]) {
      expect(await read(content, csv, { ...how, name: "f.csv.zst" })).toMatchObject({
        bytes: content.length,
        broken: [],
      });
      expect((await read(content, csv, { ...how, name: "f.csv.zst" })).rows).toHaveLength(50_000);
    }
  });

  const packed = gzipSync(text);
  test.each([
    ["gzip cut short", "f.csv.gz", packed.subarray(0, packed.length - 100), "the gzip data end too early"],
    ["gzip without its end", "f.csv.gz", packed.subarray(0, packed.length - 4), "the gzip data end too early"],
    [
      "gzip damaged",
      "f.csv.gz",
      Buffer.concat([packed.subarray(0, 5000), Buffer.from("damage"), packed.subarray(5006)]),
      "it is not gzip, or damaged",
    ],
    ["no gzip at all", "f.csv.gz", Buffer.from(text), "it is not gzip, or damaged"],
    ["no zstd at all", "f.csv.zst", Buffer.from(text), "it is not zstd, or damaged"],
  ])("%s", async (_, name, content, what) => {
    expect(await problemsOf(read(content, csv, { ...how, name }))).toEqual([
      `${name} CTF803 ${name} can't be read: ${what} → Nothing was loaded.`,
    ]);
  });

  test.runIf(hasZstd)("zstd cut short", async () => {
    const content = zstd(text);
    for (const end of [content.length - 3, content.length - 500, 3]) {
      const [problem] = await problemsOf(read(content.subarray(0, end), csv, { ...how, name: "f.csv.zst" }));
      expect(problem).toContain("the zstd data end too early");
    }
  });
});

describe("finding files", () => {
  const where = (root: string) => ({ root, env: { MONTH: "2024-01" }, source: "claims", span });

  test("by globs and variables, each once, sorted by path", async () => {
    const root = folderOf({ "in/b.csv": "", "in/a.csv": "1", "in/deep/c.csv": "", "2024-01.csv": "" });
    const found = await findFiles(["in/*.csv", "in/**/*.csv", "${MONTH}.csv"], where(root));
    expect(found.map(({ path, size }) => `${path} ${size}`)).toEqual([
      "2024-01.csv 0",
      "in/a.csv 1",
      "in/b.csv 0",
      "in/deep/c.csv 0",
    ]);
    const [outside] = await findFiles([join(root, "in", "a.csv")], where(folderOf({})));
    expect(outside!.path).toBe(join(root, "in", "a.csv"));
  });

  test("every pattern that has none is told", async () => {
    expect(await problemsOf(findFiles(["a*.csv", "/nowhere/*.csv", "${NONE}.csv"], where(folderOf({}))))).toEqual([
      "sources.yaml:2:3 CTF801 source claims: no file matches a*.csv (from the project's root)",
      "sources.yaml:2:3 CTF801 source claims: no file matches /nowhere/*.csv",
      "sources.yaml:2:3 CTF802 source claims: environment variable NONE is not set (in ${NONE}.csv)",
    ]);
  });
});

test("a file that grows while it is read is not loaded", async () => {
  const root = folderOf({ "f.csv": text });
  const [file] = await findFiles(["f.csv"], { root, env: {}, source: "s", span });
  writeFileSync(join(root, "f.csv"), `${text}1,2\n`);
  expect(await problemsOf(readFound(file!, csv, how))).toEqual([
    expect.stringContaining("CTF805 f.csv changed while it was read"),
  ]);
});

test.skipIf(process.getuid?.() === 0)("a file without permission", async () => {
  const root = folderOf({ "f.csv": text });
  chmodSync(join(root, "f.csv"), 0);
  const [file] = await findFiles(["f.csv"], { root, env: {}, source: "s", span });
  expect(await problemsOf(readFound(file!, csv, how))).toEqual([
    expect.stringContaining("can't be read: no permission"),
  ]);
});

test("what is found can be read in part", async () => {
  const file = await oneFile("f.txt", "0123456789");
  expect(Buffer.from(await file.slice(2, 5, new AbortController().signal)).toString()).toBe("234");
});
