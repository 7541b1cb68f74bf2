/** docs/guides/inputs_and_outputs.md: its files are written and its commands run, in the order in which they stand there. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/inputs_and_outputs.md"), "utf8");
const BLOCK = /^```(yaml|sql|console)\n(.*?)^```$/gms;

test("the guide to inputs and outputs shows what happens", async () => {
  const { root } = scratchProject({});
  for (const [, language, text = ""] of guide.matchAll(BLOCK)) {
    const [first = "", ...rest] = text.split("\n");
    if (language === "console") {
      const args = first.replace("$ ctf ", "").split(" ");
      const { stderr, stdout } = await runCtf([...args, "--no-compile"], { cwd: root });
      expect(`${stderr}${stdout}`, first).toBe(rest.join("\n"));
    } else {
      const file = join(root, first.replace(/^(#|--) /, ""));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
});
