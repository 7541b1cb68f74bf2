/** Every file of the public data loads, and as many rows come out as its folder's README says. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { warehouse, type Warehouse } from "../support/warehouse.ts";
import { readmeCounts } from "./csv.ts";

const shared = resolve(fileURLToPath(new URL(".", import.meta.url)), "../../../shared/data");
const here = existsSync(join(shared, "icd-fixed-width"));
const env = { CTF_SHARED_DATA: shared };

/** A load of each CSV file of a folder, with types that its column names promise. */
function loadsOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(shared, folder))
    .filter((file) => file.endsWith(".csv.gz"))
    .map((file) => file.replace(".csv.gz", ""));
  const sources = names.map((name) => `  - {name: ${name}, file: "\${CTF_SHARED_DATA}/${folder}/${name}.csv.gz"}\n`);
  const definition = (name: string) => {
    const text = gunzipSync(readFileSync(join(shared, folder, `${name}.csv.gz`))).toString("utf8");
    const columns = text
      .slice(0, text.indexOf("\n"))
      .trim()
      .split(",")
      .map((header) => header.replaceAll('"', "").toLowerCase());
    return `kind: load\ninputs: [{source: ${name}}]\noutput:\n  table: raw.${name}\n  columns:\n${columns
      .map((column) => `    - {name: "${column}", type: ${typeOf(column, folder)}}\n`)
      .join("")}`;
  };
  return {
    [`sources/${folder}.yaml`]: `sources:\n${sources.join("")}`,
    ...Object.fromEntries(names.map((name) => [`${name}.yaml`, definition(name)])),
  };
}

function typeOf(column: string, folder: string): string {
  if (folder !== "synthea-omop") return "text";
  if (column.endsWith("_datetime")) return "timestamp";
  if (column.endsWith("_date")) return "date";
  return /_concept_id$|^person_id$/.test(column) ? "bigint" : "text";
}

const counted = (w: Warehouse, table: string) => w.value(`SELECT count(*)::int FROM raw.${table}`);

describe.skipIf(!here)("the files of the public data", () => {
  test.each(["hcc-risk", "synthea-claims", "synthea-omop"])(
    "%s: every row of every file",
    async (folder) => {
      const w = await warehouse(18, loadsOf(folder), "CREATE SCHEMA raw");
      const result = await w.publish({ env });
      const expected = readmeCounts(join(shared, folder, "README.md"));
      expect(expected.size).toBe(result.transforms.length);
      for (const { id, counts } of result.transforms) {
        const rows = expected.get(id.replace("p.", ""));
        expect(counts, id).toEqual({ rows, read: rows, rejected: 0 });
        expect(await counted(w, id.replace("p.", "")), id).toBe(rows);
      }
    },
    120_000,
  );

  const fixed = (name: string, file: string, fields: string, more = "") =>
    `  - {name: ${name}, file: "\${CTF_SHARED_DATA}/icd-fixed-width/${file}.txt.gz", format: fixed_width${more}, fields: [${fields}]}\n`;
  const loading = (name: string, columns: string, more = "", output = "") =>
    `kind: load\ninputs: [{source: ${name}}]\noutput:\n  table: raw.${name}\n  columns: [${columns}]\n${output}${more}`;

  test("icd-fixed-width: 94,127 lines of one layout, a tail of prose rejected in another, Latin-1 with its accents", async () => {
    const codes = "{name: code, start: 1, length: 5}, {name: title, start: 7}";
    const text = "{name: code, type: text}, {name: title, type: text}";
    const w = await warehouse(
      18,
      {
        "sources/icd.yaml": `sources:\n${[
          fixed(
            "icd10",
            "icd10cm_order_2018",
            "{name: place, start: 1, length: 5}, {name: code, start: 7, end: 13}, {name: billable, start: 15, length: 1, 'true': '1', 'false': '0'}, {name: short_title, start: 17, end: 76}, {name: title, start: 78}",
          ),
          fixed(
            "addenda",
            "icd10cm_order_addenda_2018",
            "{name: action, start: 1, length: 13}, {name: flag, start: 14, length: 1}, {name: code, start: 16, end: 22}, {name: short_title, start: 24, end: 83}, {name: title, start: 85}",
          ),
          fixed("icd9", "CMS32_DESC_LONG_DX", codes, ", encoding: LATIN1"),
        ].join("")}`,
        "icd10.yaml": loading(
          "icd10",
          "{name: place, type: int}, {name: code, type: text}, {name: billable, type: boolean}, {name: short_title, type: text}, {name: title, type: text}",
          "",
          "  primary_key: [code]\n",
        ),
        "addenda.yaml": loading(
          "addenda",
          "{name: action, type: text}, {name: flag, type: text}, {name: code, type: text, not_null: true}, {name: short_title, type: text}, {name: title, type: text}",
          "max_rejects: 2%\n",
          `  constraints: [{name: known_action, check: "action IN ('Add:', 'Delete:', 'Revise from:', 'Revise to:')"}]\n`,
        ),
        "icd9.yaml": loading("icd9", text),
      },
      "CREATE SCHEMA raw",
    );
    const result = await w.publish({ env });
    const counts = Object.fromEntries(result.transforms.map((transform) => [transform.id, transform.counts]));
    expect(counts["p.icd10"]).toEqual({ rows: 94_127, read: 94_127, rejected: 0 });
    expect(counts["p.icd9"]).toEqual({ rows: 14_567, read: 14_567, rejected: 0 });
    const { read, rejected } = counts["p.addenda"] as Record<string, number>;
    expect(counts["p.addenda"]).toMatchObject({ rows: 1149 });
    expect(read).toBe(1149 + rejected!);
    expect(await w.value("SELECT count(*)::int FROM raw.addenda_rejects")).toBe(rejected);
    const lines = gunzipSync(readFileSync(join(shared, "icd-fixed-width/icd10cm_order_addenda_2018.txt.gz")))
      .toString("latin1")
      .split(/\r?\n/);
    expect(read).toBe(lines.filter((line) => line.trim() !== "").length);
    expect(await w.rows("SELECT title FROM raw.icd9 WHERE title ~ '[^\\x01-\\x7f]' ORDER BY title LIMIT 1")).toEqual([
      { title: expect.stringContaining("é") },
    ]);
    expect(await w.rows("SELECT * FROM raw.icd10 WHERE place = 2")).toEqual([
      {
        place: 2,
        code: "A000",
        billable: true,
        short_title: "Cholera due to Vibrio cholerae 01, biovar cholerae",
        title: "Cholera due to Vibrio cholerae 01, biovar cholerae",
      },
    ]);
  }, 120_000);
});
