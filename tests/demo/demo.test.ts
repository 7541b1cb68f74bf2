/** The demo that ships, whole: its data are the same every time, it builds, and what it builds holds together. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import type { RunResult } from "../../src/run/events.ts";
import { type Database, freshDatabase } from "../support/database.ts";
import { type ScratchProject, scratchProject } from "../support/project.ts";
import { runProject } from "../support/run_project.ts";

const demo = fileURLToPath(new URL("../../examples/demo", import.meta.url));

function generate(members: number, out: string, ...more: readonly string[]): void {
  execFileSync(process.execPath, [join(demo, "generate.mjs"), "--members", String(members), "--out", out, ...more]);
}

/** The files below a folder with a hash of each. */
function hashes(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  return Object.fromEntries(
    files.sort().map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex"),
    ]),
  );
}

describe("the generator", () => {
  const folder = (): string => mkdtempSync(join(inject("testFolder"), "demo-data-"));

  test("writes the same bytes for the same seed, and others for another", () => {
    const [first, second, other] = [folder(), folder(), folder()];
    generate(50, first);
    generate(50, second);
    generate(50, other, "--seed", "7");
    expect(hashes(second)).toEqual(hashes(first));
    expect(hashes(other)).not.toEqual(hashes(first));
  });

  test("keeps the first members as they are when there are more", () => {
    const [few, many] = [folder(), folder()];
    generate(20, few);
    generate(40, many);
    const linesOf = (out: string) => readFileSync(join(out, "coverage.tsv"), "utf8").trimEnd().split("\n");
    expect(linesOf(many).slice(0, linesOf(few).length)).toEqual(linesOf(few));
  });
});

describe("the demo", () => {
  let project: ScratchProject;
  let database: Database;
  let client: pg.Client;
  let first: RunResult;

  const run = (...args: readonly string[]): Promise<RunResult> =>
    runProject([...args, "--target", "prod"], { cwd: project.root, env: { WAREHOUSE_URL: database.url } });
  const counts = ({ transforms }: RunResult) => Object.fromEntries(transforms.map((t) => [t.id, t.counts]));
  /** How many rows a condition, which should hold for none, holds for. */
  const broken = async (from: string): Promise<number> =>
    Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`)).rows[0]!.n);

  beforeAll(async () => {
    project = scratchProject({});
    // Without what a run of one's own has left there.
    cpSync(demo, project.root, {
      recursive: true,
      filter: (file) => !/^(data|\.ctf)(\/|$)/.test(relative(demo, file)),
    });
    generate(200, join(project.root, "data"));
    database = await freshDatabase(18);
    first = await run("--all");
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
    await project?.remove();
  });

  test("shows every kind, and describes every column", async () => {
    const { project: loaded, diagnostics } = await loadProject(project.root, kinds);
    expect(diagnostics).toEqual([]);
    expect(loaded.pipelines).toHaveLength(6);
    expect([...new Set(loaded.transforms.map((t) => t.kind))].sort()).toEqual([
      "create_table_as",
      "flatten",
      "load",
      "no_op",
      "python",
      "sql",
      "upsert",
    ]);
    for (const transform of loaded.transforms) {
      expect(transform.description, transform.id).toBeTruthy();
      expect(transform.owners, transform.id).not.toEqual([]);
      const columns = transform.outputs.flatMap((output) => ("columns" in output ? output.columns : []));
      expect(
        columns.filter((column) => !column.description),
        transform.id,
      ).toEqual([]);
      expect(
        columns.filter((column) => column.name === "member_id" && !column.phi),
        transform.id,
      ).toEqual([]);
    }
  });

  test("builds everything", async () => {
    expect(first.transforms).toHaveLength(33);
    const built = counts(first);
    expect(built["enrollment.members"]).toMatchObject({ rows: 200 });
    expect(built["enrollment.current_coverage"]).toMatchObject({ updated: 0, unchanged: 0, deleted: 0 });
    for (const [id, least] of Object.entries({
      "providers.directory": 200,
      "enrollment.coverage_spans": 200,
      "enrollment.member_months": 3_000,
      "claims.claims": 1_500,
      "claims.claim_lines": 2_500,
      "claims.inpatient_stays": 30,
      "risk.member_conditions": 150,
      "risk.risk_scores": 150,
      "quality.gaps_in_care": 120,
      "quality.readmissions": 25,
      "quality.load_lab_results": 300,
      "quality.kidney_function": 150,
      "visits.visit_answers": 500,
      "visits.fall_risk": 10,
    })) {
      expect(built[id]?.rows, id).toBeGreaterThan(least);
    }
  });

  test("leaves nobody in two plans on one day", async () => {
    expect(
      await broken(`
        enrollment.coverage_spans AS a
        JOIN enrollment.coverage_spans AS b ON b.member_id = a.member_id AND b.starts_on > a.starts_on
        WHERE a.span && b.span`),
    ).toBe(0);
    expect(
      await broken(`
        enrollment.member_months AS m
        WHERE NOT EXISTS (
          SELECT FROM enrollment.coverage_spans AS s
          WHERE s.member_id = m.member_id AND s.plan_id = m.plan_id AND m.month BETWEEN s.starts_on AND coalesce(s.ends_on, m.month)
        )`),
    ).toBe(0);
  });

  test("counts each claim once, and nothing that was voided or replaced", async () => {
    expect(
      await broken(`
        claims.claims AS c
        JOIN landing.claim_headers AS later ON later.replaces_claim_number = c.claim_number`),
    ).toBe(0);
    expect(await broken("claims.claims AS c WHERE c.adjustments > 0")).toBeGreaterThan(0);
    // The whole ledger, less what a later version took the place of, is what the claims come to.
    const { rows } = await client.query<{ ledger: string; claims: string; lines: string }>(`
      SELECT
        (
          SELECT sum(l.paid_amount)
          FROM landing.claim_lines AS l
          JOIN landing.claim_headers AS h ON h.claim_number = l.claim_number
          WHERE h.frequency_code <> '8'
            AND h.claim_number NOT IN (SELECT replaces_claim_number FROM landing.claim_headers WHERE replaces_claim_number IS NOT NULL)
        ) AS ledger,
        (SELECT sum(paid_amount) FROM claims.claims) AS claims,
        (SELECT sum(paid_amount) FROM claims.claim_lines) AS lines`);
    expect(rows[0]!.claims).toBe(rows[0]!.ledger);
    expect(rows[0]!.lines).toBe(rows[0]!.ledger);
  });

  test("reads names with accents, commas and quotes, in UTF-8 and in Latin-1", async () => {
    expect(await broken("enrollment.members WHERE first_name ~ '[^ -~]'")).toBeGreaterThan(0);
    expect(await broken("enrollment.members WHERE nickname IS NOT NULL")).toBeGreaterThan(0);
    expect(await broken("enrollment.members WHERE last_name LIKE '%,%' OR first_name LIKE '%\"%'")).toBe(0);
    expect(await broken("enrollment.members WHERE email = ''")).toBe(0);
    expect(await broken("providers.directory WHERE name ~ '[éèüç]'")).toBeGreaterThan(0);
  });

  test("keeps the laboratory's trailer as a reject, and every result as a row", async () => {
    const lines = readFileSync(join(project.root, "data/lab_results.csv"), "utf8").trimEnd().split("\n");
    expect(counts(first)["quality.load_lab_results"]).toMatchObject({
      read: lines.length - 1,
      rows: lines.length - 2,
      rejected: 1,
    });
    const { rows } = await client.query("SELECT line, reason, raw FROM landing.lab_results_rejects");
    expect(rows).toEqual([{ line: lines.length, reason: "22P04", raw: lines.at(-1) }]);
  });

  test("keeps each answer of each visit, as a row or with the reason why not", async () => {
    const { rows } = await client.query<{ given: string; kept: string }>(`
      SELECT
        (SELECT count(*) FROM landing.home_visits, jsonb_path_query(answers, 'strict $.** ? (@.type() != "object" && @.type() != "array")')) AS given,
        (SELECT count(*) FROM visits.visit_answers) + (SELECT count(*) FROM visits.visit_answers_rejects) AS kept`);
    expect(rows[0]!.kept).toBe(rows[0]!.given);
  });

  test("its Python comes to the same kidney function as the formula in SQL", async () => {
    const { rows } = await client.query<{ python: string; sql: string }>(`
      SELECT concat_ws(' ', k.member_id, k.measured_on, k.egfr) AS python, concat_ws(' ', f.member_id, f.collected_on, f.egfr) AS sql
      FROM quality.kidney_function AS k
      FULL JOIN (
        SELECT DISTINCT ON (m.member_id) m.member_id, l.collected_on, round(
          142 * power(least(l.creatinine / s.kappa, 1), s.alpha) * power(greatest(l.creatinine / s.kappa, 1), -1.2)
            * power(0.9938, extract(year FROM age(l.collected_on, m.birth_date))) * s.factor) AS egfr
        FROM landing.lab_results AS l
        JOIN enrollment.members AS m USING (member_id)
        JOIN (VALUES ('F', 0.7, -0.241, 1.012), ('M', 0.9, -0.302, 1)) AS s (sex, kappa, alpha, factor) USING (sex)
        WHERE l.collected_on <= '2018-04-17'
        ORDER BY m.member_id, l.collected_on DESC
      ) AS f USING (member_id)`);
    expect(rows.length).toBeGreaterThan(150);
    for (const { python, sql } of rows) expect(python).toBe(sql);
  });

  test("its views and functions give the same answer in two ways", async () => {
    const { rows } = await client.query<{ by_view: string; by_function: string }>(`
      SELECT pmpm AS by_view, claims.pmpm(plan_id, month, month) AS by_function
      FROM claims.pmpm_by_plan`);
    expect(rows.length).toBeGreaterThan(50);
    for (const { by_view, by_function } of rows) expect(by_function).toBe(by_view);
    expect(await broken("quality.outreach_list")).toBeGreaterThan(20);
  });

  test("changes nothing when it runs again", async () => {
    const again = await run("--all");
    const covered = counts(first)["enrollment.current_coverage"]!.inserted!;
    expect(counts(again)["enrollment.current_coverage"]).toMatchObject({
      inserted: 0,
      updated: 0,
      unchanged: covered,
      deleted: 0,
    });
    expect(counts(again)["risk.score_history"]).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
    const rowsOf = ({ transforms }: RunResult) => Object.fromEntries(transforms.map((t) => [t.id, t.counts.rows]));
    expect(rowsOf(again)).toEqual(rowsOf(first));
  });

  test("adds to the history of scores on another day", async () => {
    const before = await broken("risk.score_history");
    const later = await run("risk", "-e", "score_history", "--upstream", "--var", "run_date=2018-03-17");
    expect(counts(later)["risk.score_history"]!.inserted).toBeGreaterThan(100);
    expect(await broken("risk.score_history")).toBeGreaterThan(before);
  });
});
