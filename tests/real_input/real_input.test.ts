/** A warehouse over public data that CTF has not made: loaded, built, and compared with figures worked out without it. */
import { cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import { type Database, freshDatabase } from "../support/database.ts";
import { type ScratchProject, scratchProject } from "../support/project.ts";
import { runProject } from "../support/run_project.ts";
import { testMajors } from "../support/servers.ts";
import { readmeCounts } from "./csv.ts";
import { riskFigures, syntheaFigures } from "./figures.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const shared = resolve(here, "../../../shared/data");
const synthea = join(shared, "synthea-claims");
const risk = join(shared, "hcc-risk");

/** Tables of pipeline raw by the file that they come from. */
const files = {
  [synthea]: [
    "patients",
    "payers",
    "payer_transitions",
    "organizations",
    "providers",
    "encounters",
    "claims",
    "claims_transactions",
    "conditions",
    "medications",
  ].map((name) => [name, name] as const),
  [risk]: [
    ["ra_dx_to_cc_2026", "risk_diagnoses"],
    ["ra_coefficients_2026", "risk_coefficients"],
    ["ra_hierarchies_2026", "risk_hierarchies"],
    ["ra_labels_2026", "risk_labels"],
    ["ra_dx_edits", "risk_diagnosis_edits"],
    ["hcc_is_chronic", "risk_chronic"],
  ] as const,
};

describe.skipIf(!existsSync(synthea) || !existsSync(risk)).each(testMajors)("real input on PostgreSQL %i", (major) => {
  let project: ScratchProject;
  let database: Database;
  let client: pg.Client;
  let first: RunResult;

  const run = (): Promise<RunResult> =>
    runProject(["--all", "--target", "test"], {
      cwd: project.root,
      env: { CTF_SHARED_DATA: shared, CTF_TEST_URL: database.url },
    });
  const lines = async (sql: string): Promise<readonly string[]> => {
    const { rows } = await client.query<{ line: string }>(sql);
    return rows.map(({ line }) => line).sort();
  };
  const row = async (sql: string): Promise<unknown> => (await client.query(sql)).rows[0];
  const countOf = ({ transforms }: RunResult, id: string) => transforms.find((t) => t.id === id)?.counts;

  beforeAll(async () => {
    project = scratchProject({});
    cpSync(join(here, "warehouse"), project.root, { recursive: true });
    database = await freshDatabase(major);
    first = await run();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    // Not the time zone in which it was built.
    await client.query("SET TimeZone = 'America/New_York'");
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
    await project?.remove();
  });

  test("every transform of the three marts and the raw tables succeeds", () => {
    expect(first.transforms).toHaveLength(25);
  });

  test("loads as many rows as each README says", async () => {
    for (const [folder, tables] of Object.entries(files)) {
      const counts = readmeCounts(join(folder, "README.md"));
      for (const [file, table] of tables) {
        expect(await row(`SELECT count(*)::integer AS rows FROM raw.${table}`), table).toEqual({
          rows: counts.get(file),
        });
        expect(countOf(first, `raw.${table}`), table).toMatchObject({ rows: counts.get(file) });
      }
    }
  });

  test("keeps empty fields, quotes and instants", async () => {
    expect(await row("SELECT count(*)::integer AS n FROM raw.payer_transitions WHERE member_number IS NULL")).toEqual({
      n: 258,
    });
    expect(await row("SELECT is_chronic FROM raw.risk_chronic WHERE is_chronic <> 'Y'")).toEqual({
      is_chronic: "1,981,142",
    });
    expect(await row("SELECT qols_avg::text FROM raw.payers WHERE name = 'Dual Eligible'")).toEqual({
      qols_avg: "NaN",
    });
    expect(
      await row(`
        SELECT (start AT TIME ZONE 'UTC')::text AS start FROM raw.encounters
        WHERE id = '57f2562b-445c-f11c-ba40-edc55af3c84f'`),
    ).toEqual({ start: "2023-01-27 16:17:47" });
  });

  test("comes to the same coverage as plain code", async () => {
    const figures = syntheaFigures(synthea);
    expect(await row("SELECT count(*)::integer AS n FROM coverage.periods")).toEqual({ n: figures.periods });
    expect(
      await lines("SELECT concat_ws(' ', patient, month, payer_name) AS line FROM coverage.member_months"),
    ).toEqual(figures.memberMonths);
    expect(
      await lines(
        "SELECT concat_ws(' ', patient, payer_name, insured_since, months) AS line FROM coverage.current_coverage",
      ),
    ).toEqual(figures.currentCoverage);
  });

  test("comes to the same costs as plain code", async () => {
    const figures = syntheaFigures(synthea);
    expect(
      await row(`
        SELECT
          count(*)::integer AS claims,
          count(payer)::integer AS insured,
          count(*) FILTER (WHERE is_closed)::integer AS closed,
          sum(charged) AS charged, sum(paid) AS paid, sum(passed_on) AS passed_on
        FROM costs.claim_totals`),
    ).toEqual(figures.claimTotals);
    expect(
      await row(`
        SELECT
          count(*)::integer AS months,
          count(*) FILTER (WHERE is_insured)::integer AS insured,
          sum(claims)::integer AS claims,
          sum(charged) AS charged,
          sum(encounters)::integer AS encounters,
          sum(encounter_cost) AS encounter_cost,
          sum(payer_coverage) AS payer_coverage
        FROM costs.member_month_cost`),
    ).toEqual(figures.memberMonthCost);
    const dearest = await client.query<{ line: string }>(`
      SELECT concat_ws(' ', patient, month, encounter_cost) AS line
      FROM costs.member_month_cost
      ORDER BY encounter_cost DESC, patient::text COLLATE "C", month
      LIMIT 10`);
    expect(dearest.rows.map(({ line }) => line)).toEqual(figures.dearestMonths);
    expect(
      await lines("SELECT concat_ws(' ', payer_name, year, claims, patients, charged) AS line FROM costs.payer_costs"),
    ).toEqual(figures.payerCosts);
    expect(await lines("SELECT concat_ws(' ', p.id, costs.patient_cost(p.id)) AS line FROM raw.patients AS p")).toEqual(
      figures.patientCosts,
    );
  });

  test("comes to the same condition categories as plain code", async () => {
    const figures = riskFigures(risk);
    expect(
      await lines(`
        SELECT concat_ws(' ', model_domain, model_version, category, diagnoses, label) AS line
        FROM risk.categories`),
    ).toEqual(figures.categories);
    expect(
      await lines("SELECT concat_ws(' ', model_domain, model_version, category, replaces) AS line FROM risk.hierarchy"),
    ).toEqual(figures.hierarchy);
    expect(
      await lines(`
        SELECT concat_ws(' ', model_domain, model_version, count(*), sum(weight)) AS line
        FROM risk.weights GROUP BY model_domain, model_version`),
    ).toEqual(figures.weights);
  });

  test("comes out the same when it runs again", async () => {
    const again = await run();
    const { insured: covered } = (await row("SELECT count(*)::integer AS insured FROM coverage.current_coverage")) as {
      insured: number;
    };
    expect(countOf(again, "coverage.current_coverage")).toMatchObject({
      inserted: 0,
      updated: 0,
      unchanged: covered,
      deleted: 0,
    });
    for (const { id, counts } of again.transforms) expect(counts.rows, id).toBe(countOf(first, id)?.rows);
    expect(
      await lines("SELECT concat_ws(' ', payer_name, year, claims, patients, charged) AS line FROM costs.payer_costs"),
    ).toEqual(syntheaFigures(synthea).payerCosts);
  });
});
