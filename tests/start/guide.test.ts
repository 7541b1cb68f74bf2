/** docs/guides/analysts.md: its files are written and its commands run, in the order in which they stand there. */
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { stopServer } from "../../src/warehouse/embedded/server.ts";
import { runCtf } from "../support/cli.ts";
import { write } from "../support/files.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/analysts.md"), "utf8");
const blocks = [...guide.matchAll(/^```(\w+) ?(\S*)\n([^]*?)^```$/gm)];

/** Words between quotes stay together. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);

test("the guide for analysts does what it says", async () => {
  let cwd = mkdtempSync(join(inject("testFolder"), "guide-"));
  const root = join(cwd, "my_warehouse");
  onTestFinished(async () => {
    for (const role of ["durable", "scratch"] as const) await stopServer({ root, role, major: 18 });
  });
  for (const [, language, path, text] of blocks) {
    if (path) write(root, { [path]: text! });
    if (language !== "console") continue;
    for (const said of text!.split(/^\$ /m).slice(1)) {
      const [command = "", ...expected] = said.trim().split("\n");
      const [program, ...args] = wordsOf(command);
      if (program === "cd") {
        cwd = join(cwd, args[0]!);
        continue;
      }
      const { stdout, stderr } = await runCtf(args, { cwd });
      for (const line of expected) expect(`${stdout}${stderr}`, command).toContain(line.trim());
    }
  }
});
