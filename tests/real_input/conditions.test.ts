/** Condition categories per member: diagnoses by SQL, hierarchies by python; equal to figures worked out in plain code. */
import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pythonProject } from "../support/python.ts";
import { warehouse } from "../support/warehouse.ts";
import { readCsv } from "./csv.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const shared = resolve(here, "../../../shared/data");
const [risk, synthea] = [join(shared, "hcc-risk"), join(shared, "synthea-claims")];

interface Diagnosed {
  readonly member: string;
  readonly diagnosis: string;
}

/**
 * The patients' conditions as ICD-10-CM codes of the map. The files have SNOMED codes and no way from there, so each code
 * stands for three that its digits choose: the same in every run.
 */
function diagnosed(): readonly Diagnosed[] {
  const codes = v28().map((row) => row["diagnosis_code"]!);
  const chosen = (snomed: string, by: bigint) => codes[Number((BigInt(snomed) * by) % BigInt(codes.length))]!;
  return readCsv(join(synthea, "conditions.csv.gz")).flatMap((row) =>
    [1n, 2n, 3n].map((by) => ({ member: row["PATIENT"]!, diagnosis: chosen(row["CODE"]!, by) })),
  );
}

const v28 = () => readCsv(join(risk, "ra_dx_to_cc_2026.csv.gz")).filter((d) => d["model_name"] === "CMS-HCC Model V28");

/** `member category` of all that a member was diagnosed with, and of those that no graver one makes not count. */
function figures(diagnoses: readonly Diagnosed[]): { coded: readonly string[]; final: readonly string[] } {
  const categories = v28();
  const edges = readCsv(join(risk, "ra_hierarchies_2026.csv.gz")).filter(
    (h) => h["model_domain"] === "CMS-HCC" && h["model_version"] === "V28",
  );
  const coded = new Set(
    diagnoses.flatMap(({ member, diagnosis }) =>
      categories.filter((c) => c["diagnosis_code"] === diagnosis).map((c) => `${member} ${c["cc"]}`),
    ),
  );
  const counts = (line: string): boolean => {
    const [member, category] = line.split(" ");
    return !edges.some((h) => h["cc_child"] === category && coded.has(`${member} ${h["cc_parent"]}`));
  };
  return { coded: [...coded].sort(), final: [...coded].filter(counts).sort() };
}

describe.skipIf(!existsSync(risk) || !existsSync(synthea))("condition categories of each member", () => {
  test("by rows, by pandas and by Arrow as by plain code", async () => {
    const diagnoses = diagnosed();
    const w = await warehouse(
      18,
      { "./ctf.yaml": pythonProject() },
      "CREATE SCHEMA raw; CREATE TABLE raw.member_diagnoses (member_id uuid, diagnosis text)",
    );
    cpSync(join(here, "conditions"), w.root, { recursive: true });
    await w.client.query("INSERT INTO raw.member_diagnoses SELECT * FROM unnest($1::uuid[], $2::text[])", [
      diagnoses.map(({ member }) => member),
      diagnoses.map(({ diagnosis }) => diagnosis),
    ]);
    await w.publish({ pipeline: "risk", env: { CTF_SHARED_DATA: shared } });

    const lines = async (table: string): Promise<readonly unknown[]> =>
      (await w.rows(`SELECT concat_ws(' ', member_id, category) AS line FROM risk.${table}`))
        .map(({ line }) => line)
        .sort();
    const { coded, final } = figures(diagnoses);
    expect(final.length).toBeGreaterThan(100);
    expect(coded.length - final.length).toBeGreaterThan(50);
    expect(await lines("coded_categories")).toEqual(coded);
    expect(await lines("final_categories")).toEqual(final);
    expect(await lines("final_categories_pandas")).toEqual(final);
    expect(await lines("final_categories_arrow")).toEqual(final);
  }, 120_000);
});
