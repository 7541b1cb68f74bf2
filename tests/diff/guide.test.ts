/** docs/guides/changes.md: its files are written and its commands run, in the order in which they stand there. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { freshDatabase } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { git, initGit } from "./repository.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/changes.md"), "utf8");
const BLOCK = /^```(yaml|sql|console)\n(.*?)^```$/gms;

/** Words between quotes stay together. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);

const withoutCommits = (text: string): string => text.replaceAll(/\([0-9a-f]{7}\)/g, "(COMMIT)");

test("the guide to changes shows what happens", async () => {
  const { root } = scratchProject({ ".gitignore": ".ctf/\n" });
  const { url } = await freshDatabase(18);
  initGit(root);
  for (const [, language, text = ""] of guide.matchAll(BLOCK)) {
    const [first = "", ...rest] = text.split("\n");
    if (language !== "console") {
      const file = join(root, first.replace(/^(#|--) /, ""));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      continue;
    }
    const commands = text.split("\n").filter((line) => line.startsWith("$ "));
    for (const command of commands) {
      const [program, ...args] = wordsOf(command.slice(2));
      if (program === "git") {
        git(root, ...args);
        continue;
      }
      const { stderr, stdout, code } = await runCtf([...args], { cwd: root, env: { WAREHOUSE_URL: url } });
      expect({ code, command, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, command, stderr: "" });
      // Several commands in one block, or how long a run took, are not shown.
      if (commands.length === 1)
        expect(withoutCommits(`${stderr}${stdout}`), first).toBe(withoutCommits(rest.join("\n")));
    }
  }
});
