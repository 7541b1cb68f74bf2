import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { findBinaries, makeMissingLinks, packageVersions } from "../../src/warehouse/embedded/binaries.ts";
import { install } from "../../src/warehouse/embedded/install.ts";

test("the installed packages are the versions that CTF is tested with", async () => {
  for (const major of [15, 18] as const) {
    const { version } = await findBinaries(major, () => expect.unreachable("nothing is to be installed"));
    expect(version).toBe(packageVersions[major]);
  }
});

test("makes the links that npm could not pack, and leaves those that are there", () => {
  const native = join(mkdtempSync(join(inject("testFolder"), "package-")), "native");
  mkdirSync(join(native, "lib"), { recursive: true });
  writeFileSync(join(native, "lib", "libpq.so.5.18"), "library");
  const links = ["libpq.so.5", "libpq.so"].map((name) => ({
    source: "native/lib/libpq.so.5.18",
    target: `native/lib/${name}`,
  }));
  writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(links));
  makeMissingLinks(native);
  makeMissingLinks(native);
  expect(readFileSync(join(native, "lib", "libpq.so"), "utf8")).toBe("library");
});

test("without npm, another major's installation fails with what to do", async () => {
  const folder = join(mkdtempSync(join(inject("testFolder"), "cache-")), "16.0");
  const path = process.env["PATH"];
  process.env["PATH"] = "";
  const said: string[] = [];
  const error: unknown = await install("some-package@16.0", folder, (text) => said.push(text)).catch((e: unknown) => e);
  process.env["PATH"] = path;
  expect(said.join()).toContain("Installing some-package@16.0");
  expect((error as DiagnosticError).diagnostics).toMatchObject([
    { code: "CTF902", message: "npm could not install some-package@16.0: npm is not on the PATH" },
  ]);
});
