/** docs/guides/operations.md: its files are written and its commands run, in the order in which they stand there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { write } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/operations.md"), "utf8");
const blocks = [...guide.matchAll(/^```(\w+) ?(\S*)\n([^]*?)^```$/gm)].map(([, language, path, text]) => ({
  language: language!,
  path: path!,
  text: text!,
}));

test("the guide for operations does what it says", async () => {
  const { root } = scratchProject({
    "ctf.yaml": "ctf: 1\nproject: guide\ntargets:\n  test: {url_env: WAREHOUSE_URL}\ndefault_target: test\n",
  });
  const database = await freshDatabase(18);
  const client = await connect(database.url);
  for (const { language, path, text } of blocks) {
    if (path) write(root, { [path]: text });
    if (language === "sql") {
      const { rows } = await client.query(text);
      const table = rows.map(
        (row) =>
          `| ${Object.values(row)
            .map((value) => value ?? "")
            .join(" | ")} |`,
      );
      expect(guide).toContain(table.join("\n").replaceAll("|  |", "| |"));
    }
    if (language !== "console") continue;
    const [command, ...expected] = text.trim().split("\n");
    const { stdout, stderr } = await runCtf(command!.replace("$ ctf ", "").split(" "), {
      cwd: root,
      env: { WAREHOUSE_URL: database.url },
    });
    const said = `${stdout}${stderr}`.replace(/\s+/g, " ");
    for (const line of expected) expect(said).toContain(line);
    expect(said).not.toMatch(/SMITH|GARCIA|TRAILER/);
  }
  expect((await client.query("SELECT member_id, period, premium FROM vendor.eligibility ORDER BY 2, 1")).rows).toEqual([
    { member_id: 1, period: "201801", premium: "125.50" },
    { member_id: 2, period: "201801", premium: "0.00" },
    { member_id: 1, period: "201802", premium: "125.50" },
  ]);
});
