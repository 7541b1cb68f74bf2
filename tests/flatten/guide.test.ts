/** docs/guides/nested_json.md: its files, its statements and what they give, in the order in which they stand there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { write } from "../support/files.ts";
import { warehouse } from "../support/warehouse.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/nested_json.md"), "utf8");

test("the guide does what it says, and its definition is without fault", async () => {
  const files = Object.fromEntries(
    [...guide.matchAll(/^```yaml\n# (\S+)\n([^]*?)^```$/gm)].map(([, path, text]) => [path!, text!]),
  );
  const [insert, ...queries] = [...guide.matchAll(/^```sql\n([^]*?)^```$/gm)].map(([, text]) => text!);
  const w = await warehouse(
    18,
    { "pipelines/clinic/pipeline.yaml": "description: Clinic\nowners: [us]\n" },
    `CREATE SCHEMA clinic; CREATE TABLE clinic.form_schemas (id int, schema jsonb);
     CREATE TABLE clinic.form_responses (id int, form_id int, responses jsonb, date_created timestamptz); ${insert}`,
  );
  write(w.root, files);
  const { code, stdout, stderr } = await runCtf(["check", "--no-compile"], { cwd: w.root });
  expect(`${code} ${stdout}${stderr}`).toMatch(/^0 /);
  await w.publish({ pipeline: "clinic" });
  expect(queries).toHaveLength(3);
  for (const query of queries) {
    const rows = await w.rows(query);
    const cell = (value: unknown) => (Array.isArray(value) ? value.join(".") : String(value ?? ""));
    const lines = rows.map((row) => `| ${Object.values(row).map(cell).join(" | ")} |`);
    expect(guide).toContain(lines.join("\n").replaceAll("|  |", "| |").replaceAll("|  |", "| |"));
  }
});
