/** The guide to pieces of SQL, as it stands there, on the compiled package. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { compiled } from "../support/compiled.ts";
import { freshDatabase } from "../support/database.ts";
import { MARK } from "../support/processes.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

test.each([15, 18] as const)("every block of the guide runs on PostgreSQL %i", async (major) => {
  const guide = readFileSync(join(repository, "docs/guides/pieces_of_sql.md"), "utf8");
  const blocks = [...guide.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text]) => text!);
  expect(blocks.length).toBeGreaterThan(8);
  const database = await freshDatabase(major);
  const folder = mkdtempSync(join(inject("testFolder"), "pieces-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(dirname(await compiled()), join(folder, "node_modules/clover-ctf"));
  symlinkSync(join(repository, "node_modules/pg"), join(folder, "node_modules/pg"));
  const script = join(folder, "guide.mjs");
  writeFileSync(script, blocks.join("\n"));
  const env = { ...process.env, [MARK]: inject("testFolder"), DATABASE_URL: database.url };
  execFileSync(process.execPath, [script], { env, encoding: "utf8", stdio: "pipe" });
});
