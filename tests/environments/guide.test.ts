/** docs/guides/environments.md: its files are written and its commands run, in the order in which they stand there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { write } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/environments.md"), "utf8");
const BLOCK = /^```(\w+) ?(\S*)\n([^]*?)^```$/gm;

test("the guide to environments does what it says", async () => {
  const { root } = scratchProject({});
  const database = await freshDatabase(18);
  const client = await connect(database.url);
  await client.query(`CREATE SCHEMA raw; CREATE TABLE raw.claims (claim_id int, member_id int, paid numeric);
    INSERT INTO raw.claims VALUES (1, 7, 10), (2, 7, 20), (3, 8, 30)`);
  for (const [, language, path, text = ""] of guide.matchAll(BLOCK)) {
    if (path) write(root, { [path]: text });
    const said: string[] = [];
    for (const line of text.trimEnd().split("\n")) {
      if (language === "query" && line.startsWith("|")) {
        const { rows } = await client.query(said.join("\n"));
        expect(`| ${Object.values(rows[0] as object).join(" | ")} |`).toBe(line);
      } else if (language === "query") said.push(line);
      if (language !== "console") continue;
      if (!line.startsWith("$ ctf ")) {
        expect(said[0]).toContain(line);
        continue;
      }
      const options = { cwd: root, env: { WAREHOUSE_URL: database.url } };
      const { stdout, stderr } = await runCtf(line.replace("$ ctf ", "").split(" "), options);
      said[0] = `${stdout}${stderr}`;
    }
  }
});
