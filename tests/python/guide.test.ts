/** The guide for data scientists, as it stands there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { write } from "../support/files.ts";
import { testPython } from "../support/python.ts";
import { warehouse } from "../support/warehouse.ts";

test("every file of the guide runs", async () => {
  const guide = readFileSync(new URL("../../docs/guides/data_scientists.md", import.meta.url), "utf8");
  const blocks = [...guide.matchAll(/^```(?:yaml|python)\n# (\S+)\n(.*?)^```$/gms)];
  const files = Object.fromEntries(blocks.map(([, path, text]) => [path!, text!]));
  expect(Object.keys(files)).toHaveLength(9);
  const w = await warehouse(
    18,
    {},
    `CREATE SCHEMA raw; CREATE TABLE raw.claims (claim_id bigint, member_id bigint, amount numeric(12,2));
     INSERT INTO raw.claims VALUES (1, 7, 10.50), (2, 7, 1200), (3, 8, 0.01)`,
  );
  write(w.root, files);
  // The tests' own Python and database.
  const more = `python: ${testPython()}\ntargets: {test: {url_env: WAREHOUSE_URL}}\n`;
  write(w.root, { "ctf.yaml": files["ctf.yaml"] + more });
  await w.publish({ pipeline: "risk" });
  expect(await w.rows("SELECT * FROM risk.score ORDER BY member_id")).toEqual([
    { member_id: 7, claims: 2, paid: "1210.50" },
    { member_id: 8, claims: 1, paid: "0.01" },
  ]);
  expect(await w.rows("SELECT claim_id FROM risk.large")).toEqual([{ claim_id: 2 }]);
  expect(existsSync(join(w.root, "out/score.parquet"))).toBe(true);
});
