/** docs/guides/testing.md: its files are written and its commands run, in the order in which they stand there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { write } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/testing.md"), "utf8");
const BLOCK = /^```(\w+) ?(\S*)\n([^]*?)^```$/gm;

test("the guide from a bug report to a fix shows what happens", async () => {
  const { root } = scratchProject({});
  for (const [, language, path = "", text = ""] of guide.matchAll(BLOCK)) {
    if (path !== "") write(root, { [path]: text });
    if (language !== "console") continue;
    const [command = "", ...expected] = text.split("\n");
    const { stdout } = await runCtf(command.replace("$ ctf ", "").split(" "), { cwd: root });
    expect(stdout.replace(/, in [\d.]+ s\.$/gm, ""), command).toBe(expected.join("\n"));
  }
});
