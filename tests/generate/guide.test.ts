/** docs/guides/local_warehouse.md: its files are written and its commands run, in the order in which they stand there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { loadFactories } from "../../src/project/rows/factories.ts";
import { runCtf } from "../support/cli.ts";
import { lines, write } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/local_warehouse.md"), "utf8");
const BLOCK = /^```(\w+) ?(\S*)\n([^]*?)^```$/gm;

test("the guide to a local warehouse does what it says", async () => {
  const { root } = scratchProject({});
  for (const [, language, path, text = ""] of guide.matchAll(BLOCK)) {
    if (path) write(root, { [path]: text });
    if (language !== "console") continue;
    let said = "";
    for (const line of text.trimEnd().split("\n")) {
      if (!line.startsWith("$ ctf ")) {
        expect(said.split("\n")).toContain(line);
        continue;
      }
      const { code, stdout, stderr } = await runCtf(line.replace("$ ctf ", "").split(" "), { cwd: root });
      said = `${stdout}${stderr}`;
      expect({ code, said }).toEqual({ code: 0, said });
    }
  }
  const { project, diagnostics } = await loadProject(root, kinds, { cache: false });
  expect(lines([...diagnostics, ...loadFactories(project).diagnostics])).toEqual([]);
});
