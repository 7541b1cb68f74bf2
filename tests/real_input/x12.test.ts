/** The X12 texts as tables by python transforms: every segment is kept or a named reject, and the figures are right. */
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, type Database, freshDatabase } from "../support/database.ts";
import { type ScratchProject, scratchProject } from "../support/project.ts";
import { pythonProject } from "../support/python.ts";
import { runProject } from "../support/run_project.ts";
import { problems, warehouse } from "../support/warehouse.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const shared = resolve(here, "../../../shared/data");
const folder = join(shared, "eob-x12");

/** The elements of each segment by file, by nothing but splitting. */
function segmentsOf(folder: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".txt.gz"));
  return new Map(
    files.sort().map((file) => {
      const text = gunzipSync(readFileSync(join(folder, file))).toString("utf8");
      const segments = text.split("~").map((segment) => segment.trim());
      return [file, segments.filter((segment) => segment !== "").map((segment) => segment.split("*"))];
    }),
  );
}

const cents = (text: string): number => Math.round(Number(text) * 100);
const dollars = (amounts: readonly string[]): string =>
  (amounts.map(cents).reduce((sum, amount) => sum + amount, 0) / 100).toFixed(2);

describe.skipIf(!existsSync(folder))("X12 texts", () => {
  const files = existsSync(folder) ? segmentsOf(folder) : new Map<string, readonly (readonly string[])[]>();
  const all = [...files].flatMap(([file, segments]) => segments.map((segment) => [file, ...segment]));
  /** `file element element …` of every segment of a name. */
  const lines = (name: string, ...elements: readonly number[]): readonly string[] =>
    all
      .filter((segment) => segment[1] === name)
      .map((segment) => [segment[0], ...elements.map((n) => segment[n + 1])].join(" "))
      .sort();
  const amounts = (name: string, element: number): string =>
    dollars(all.filter((segment) => segment[1] === name).map((segment) => segment[element + 1]!));

  let project: ScratchProject;
  let database: Database;
  let client: pg.Client;
  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> => (await client.query(sql)).rows;
  const value = async (sql: string): Promise<unknown> => Object.values((await rows(sql))[0]!)[0];
  const told = async (sql: string): Promise<readonly unknown[]> => (await rows(sql)).map(({ line }) => line).sort();

  beforeAll(async () => {
    project = scratchProject({ "ctf.yaml": pythonProject() });
    cpSync(join(here, "edi"), project.root, { recursive: true });
    database = await freshDatabase(18);
    await runProject(["--all"], {
      cwd: project.root,
      env: { WAREHOUSE_URL: database.url, CTF_SHARED_DATA: shared },
    });
    client = await connect(database.url);
  }, 120_000);
  afterAll(async () => {
    await client?.end();
    await database?.drop();
    await project?.remove();
  });

  test("segments read = segments kept + named rejects, file by file", async () => {
    const kept = ["claims", "members", "payments"]
      .map((table) => `SELECT file, jsonb_array_length(segments) AS n FROM edi.${table}`)
      .join(" UNION ALL ");
    const counted = await rows(`
      SELECT file, sum(n)::int AS n
      FROM (${kept} UNION ALL SELECT file, 1 FROM edi.envelope UNION ALL SELECT file, 1 FROM edi.rejects)
      GROUP BY file ORDER BY file COLLATE "C"`);
    expect(counted).toHaveLength(24);
    expect(counted).toEqual([...files].map(([file, segments]) => ({ file, n: segments.length })));
  });

  test("no segment is in two places, and none has changed", async () => {
    const kept = ["claims", "members", "payments"]
      .map((table) => `SELECT file, jsonb_array_elements(segments) AS segment FROM edi.${table}`)
      .join(" UNION ALL ");
    const around = ["envelope", "rejects"]
      .map((table) => `SELECT file, to_jsonb(name || elements) FROM edi.${table}`)
      .join(" UNION ALL ");
    const texts = await told(`
      SELECT file || ' ' || array_to_string(ARRAY(SELECT jsonb_array_elements_text(segment)), '*') AS line
      FROM (${kept} UNION ALL ${around})`);
    expect(texts).toEqual(all.map(([file, ...segment]) => `${file} ${segment.join("*")}`).sort());
  });

  test("rejects are named: dates that are none, and sets that say another length than they have", async () => {
    expect(
      await rows("SELECT name, reason, count(*)::int AS n FROM edi.rejects GROUP BY name, reason ORDER BY name"),
    ).toEqual([
      {
        name: "DMG",
        reason: "DMG02 is not a date",
        n: all.filter((s) => s[1] === "DMG" && !/^\d{8}$/.test(s[3]!)).length,
      },
      { name: "SE", reason: "SE01 is not the number of segments from ST to SE", n: wrongLengths(files) },
    ]);
  });

  test("837: each CLM is a claim, with its charge and the lines that it adds up to", async () => {
    expect(
      await told("SELECT concat_ws(' ', file, claim_number, segments -> 0 ->> 2) AS line FROM edi.claims"),
    ).toEqual(lines("CLM", 1, 2));
    expect(
      (
        await rows(
          "SELECT sum(charge)::text AS charges, sum(line_charges)::text AS lines, sum(service_lines)::int AS n FROM edi.claims",
        )
      )[0],
    ).toEqual({ charges: amounts("CLM", 2), lines: amounts("SV1", 2), n: lines("SV1").length });
    expect(await rows("SELECT FROM edi.claims WHERE member_id IS NULL OR billing_npi IS NULL")).toEqual([]);
    expect(
      await rows(`
        SELECT claim_number, member_id, billing_npi, charge, service_from::text, diagnoses FROM edi.claims
        WHERE file = 'sample_837_0.txt.gz' ORDER BY place OFFSET 1 LIMIT 1`),
    ).toEqual([
      {
        claim_number: "1805080AV3648347",
        member_id: "765123",
        billing_npi: "1122334455",
        charge: "50.10",
        service_from: "2018-04-26",
        diagnoses: ["F1520", "F1220"],
      },
    ]);
  });

  test("834: each INS is a member, with what it is enrolled in", async () => {
    expect(await told("SELECT concat_ws(' ', file, relationship, maintenance) AS line FROM edi.members")).toEqual(
      lines("INS", 2, 3),
    );
    expect(
      await value("SELECT array_agg(member_id ORDER BY place) FROM edi.members WHERE file = 'sample_834_01.txt.gz'"),
    ).toEqual(["MBR001", "MBR002", "MBR003", "MBR004", "MBR005"]);
    expect(await value("SELECT sum(cardinality(coverages))::int FROM edi.members")).toBe(lines("HD").length);
    expect(await value("SELECT count(birth_date)::int FROM edi.members")).toBe(
      all.filter((s) => s[0]!.startsWith("sample_834") && s[1] === "DMG" && /^\d{8}$/.test(s[3]!)).length,
    );
  });

  test("820: each RMR is a payment, and together they are what the file says it pays", async () => {
    expect(await told("SELECT concat_ws(' ', file, reference, amount) AS line FROM edi.payments")).toEqual(
      lines("RMR", 2, 4),
    );
    expect(await value("SELECT sum(amount)::text FROM edi.payments")).toBe(amounts("RMR", 4));
    expect(await told("SELECT concat_ws(' ', file, sum(amount)) AS line FROM edi.payments GROUP BY file")).toEqual(
      lines("BPR", 2),
    );
  });
});

const isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250101*0000*^*00501*000000001*0*P*>";

test("what can't be read is rejected by itself, and takes nothing else with it", async () => {
  const text = [
    `${isa}`,
    "GS*HC*S*R*20250101*0000*1*X*005010X222A1",
    "N3*astray",
    "ST*837*1",
    "BHT*0019*00*1*20250101*0000*CH",
    "NM1*85*2*CLINIC*****XX*111",
    "NM1*IL*1*DOE*JANE****MI*M1",
    "CLM*A*10",
    "SV1*HC:1*10",
    "CLM*B",
    "SV1*HC:1*10",
    "CLM*C*30",
    "DTP*472*D8*20250231",
    "ZZZ*what",
    "SV1*HC:1*30",
    "HL*2*1*22*0",
    "CLM*D*5",
    "HI*ABK>F1120*BR>0DTJ4ZZ*ABF>I10",
    "SE*16*1",
    "ST*999*2",
    "AK1*HC",
    "SE*3*2",
    "GE*2*1",
    "IEA*1*000000001",
  ];
  const files = { "data/a.txt": text.join("~\n") };
  const w = await warehouse(18, {});
  cpSync(join(here, "edi"), w.root, { recursive: true });
  w.write({ "./ctf.yaml": pythonProject(), ...files });
  // The component separator is the one that this ISA declares.
  const source = "sources:\n  - {name: interchanges, file: data/*.txt, format: raw}\n";
  w.write({ "sources/clearing_house.yaml": source });
  const only = ["edi.claims", "edi.rejects"];
  await w.publish({ only });
  expect(await w.rows("SELECT claim_number, member_id, charge, diagnoses FROM edi.claims ORDER BY place")).toEqual([
    { claim_number: "A", member_id: "M1", charge: "10.00", diagnoses: [] },
    { claim_number: "C", member_id: "M1", charge: "30.00", diagnoses: [] },
    { claim_number: "D", member_id: null, charge: "5.00", diagnoses: ["F1120", "I10"] },
  ]);
  expect(await w.rows("SELECT place, name, reason FROM edi.rejects ORDER BY place")).toEqual([
    { place: 3, name: "N3", reason: "stands in no transaction set that is read here" },
    { place: 10, name: "CLM", reason: "CLM02 is not an amount" },
    { place: 11, name: "SV1", reason: "follows a rejected CLM" },
    { place: 13, name: "DTP", reason: "DTP03 is not a date" },
    { place: 14, name: "ZZZ", reason: "ZZZ is not known in an 837" },
    { place: 21, name: "AK1", reason: "stands in no transaction set that is read here" },
  ]);

  w.write({ "data/a.txt": text.slice(0, 9).join("~") });
  expect(problems(await w.run({ only }))).toEqual(
    only.map((id) => expect.stringContaining(`${id} CTF604 ValueError in _records()`)),
  );
  expect(await w.value("SELECT count(*)::int FROM edi.claims")).toBe(3);
});

/** How many transaction sets do not have as many segments as their SE says. */
function wrongLengths(files: ReadonlyMap<string, readonly (readonly string[])[]>): number {
  return [...files.values()].flatMap((segments) =>
    segments.filter(([name, length], i) => {
      const from = segments.slice(0, i + 1).findLastIndex(([other]) => other === "ST");
      return name === "SE" && Number(length) !== i - from + 1;
    }),
  ).length;
}
