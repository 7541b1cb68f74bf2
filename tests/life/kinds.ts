/** Every kind in one small project: what the harness needs to lead each through its life. */
import type { Files } from "../support/files.ts";
import { pythonProject } from "../support/python.ts";
import { definition } from "../support/warehouse.ts";

export interface Life {
  /** The transform's name, and its table's. */
  readonly name: string;
  readonly files: Files;
  /** Files with which it fails in PostgreSQL, and the diagnostic's place and code. */
  readonly broken: Files;
  readonly brokenAt: string;
  /** The published rows when the source has changed, where the kind makes them itself. */
  readonly makes: boolean;
  /** What keeps it from being published; nothing for a kind that has no publish of its own. */
  readonly blockedBy?: "ACCESS SHARE" | "ROW EXCLUSIVE";
}

const COLUMNS = { claim_id: "int", twice: "int" };
const CLAIMS = "inputs: [{source: claims}]";

/** The gate stands in every build: it opens when the test lets go of lock 77. */
const SELECT = "SELECT claim_id, 2 * paid AS twice\nFROM lab.claims\nWHERE lab.gate()\n";

/** Letters of several bytes before the mistake, in the line and above it. */
const WRONG = "-- Größe 🙂\nSELECT claim_id, /* 🙂é */ 2 * payed AS twice\nFROM lab.claims\n";

const SQL = `CREATE TABLE IF NOT EXISTS lab.by_sql (claim_id int, twice int);
TRUNCATE lab.by_sql;
INSERT INTO lab.by_sql SELECT claim_id, 2 * paid FROM lab.claims WHERE lab.gate();
`;

const PYTHON = `def transform(gated):
    for row in gated.rows():
        yield row.claim_id, 2 * row.paid
`;

export const lives: readonly Life[] = [
  {
    name: "by_swap",
    files: {
      "by_swap.yaml": definition("lab.by_swap", COLUMNS, "primary_key: [claim_id]", CLAIMS),
      "by_swap.sql": SELECT,
    },
    broken: { "by_swap.sql": WRONG },
    brokenAt: "pipelines/p/by_swap.sql:2:31 CTF515",
    makes: true,
    blockedBy: "ACCESS SHARE",
  },
  {
    name: "by_rows",
    files: {
      "by_rows.yaml": definition("lab.by_rows", COLUMNS, "primary_key: [claim_id]", `publish: rows\n${CLAIMS}`),
      "by_rows.sql": SELECT,
    },
    broken: { "by_rows.sql": WRONG },
    brokenAt: "pipelines/p/by_rows.sql:2:31 CTF515",
    makes: true,
    blockedBy: "ROW EXCLUSIVE",
  },
  {
    name: "by_upsert",
    files: {
      "by_upsert.yaml": definition("lab.by_upsert", COLUMNS, "primary_key: [claim_id]", CLAIMS).replace(
        "create_table_as",
        "upsert",
      ),
      "by_upsert.sql": SELECT,
    },
    broken: { "by_upsert.sql": WRONG },
    brokenAt: "pipelines/p/by_upsert.sql:2:31 CTF515",
    makes: true,
    blockedBy: "ROW EXCLUSIVE",
  },
  {
    name: "by_load",
    files: {
      "by_load.yaml": definition(
        "lab.by_load",
        { ...COLUMNS, claim_id: "lab.gated" },
        "",
        "inputs: [{source: files}]",
      ).replace("create_table_as", "load"),
      "sources/files.yaml": "sources:\n  - {name: files, file: data/claims.csv}\n",
      "data/claims.csv": "claim_id,twice\n1,20\n2,40\n",
    },
    broken: { "data/claims.csv": 'claim_id,twice\n"1",20\n2,"4\n0"\n' },
    brokenAt: "pipelines/p/by_load.yaml:1:1 CTF830",
    makes: true,
    blockedBy: "ACCESS SHARE",
  },
  {
    name: "by_python",
    files: {
      "./ctf.yaml": pythonProject(),
      "sources/gated.yaml": "sources:\n  - {name: gated, table: lab.gated_claims}\n",
      "by_python.yaml": definition("lab.by_python", COLUMNS, "", "inputs: [{source: gated}]").replace(
        "create_table_as",
        "python",
      ),
      "by_python.py": PYTHON,
    },
    broken: { "by_python.py": `# Größe 🙂\n${PYTHON.replace("2 * row.paid", '"🙂é" and row.payed')}` },
    brokenAt: "pipelines/p/by_python.py:4:38 CTF607",
    makes: true,
    blockedBy: "ACCESS SHARE",
  },
  {
    name: "by_sql",
    files: {
      "by_sql.yaml": definition("lab.by_sql", COLUMNS, "", CLAIMS).replace("create_table_as", "sql"),
      "by_sql.sql": SQL,
    },
    broken: { "by_sql.sql": `${SQL}\n-- Größe 🙂\nUPDATE lab.by_sql SET /* 🙂é */ thrice = 1;\n` },
    brokenAt: "pipelines/p/by_sql.sql:6:32 CTF515",
    makes: true,
  },
  {
    name: "made_elsewhere",
    files: { "made_elsewhere.yaml": definition("lab.made_elsewhere", COLUMNS).replace("create_table_as", "no_op") },
    broken: {
      "made_elsewhere.yaml": definition("lab.made_elsewhere", { ...COLUMNS, thrice: "int" }).replace(
        "create_table_as",
        "no_op",
      ),
    },
    brokenAt: "pipelines/p/made_elsewhere.yaml:1:1 CTF510",
    makes: false,
  },
];

export const files: Files = Object.assign(
  { "sources/claims.yaml": "sources:\n  - {name: claims, table: lab.claims}\n" },
  ...lives.map((life) => life.files),
);

/** What changes the source of all of them. */
export const changedFiles: Files = { "data/claims.csv": "claim_id,twice\n2,60\n3,80\n" };
export const CHANGE = "DELETE FROM lab.claims; INSERT INTO lab.claims VALUES (2, 30), (3, 40)";

export const BEFORE = [
  { claim_id: 1, twice: 20 },
  { claim_id: 2, twice: 40 },
];
export const AFTER = [
  { claim_id: 2, twice: 60 },
  { claim_id: 3, twice: 80 },
];

export const SETUP = `
  CREATE SCHEMA lab;
  CREATE TABLE lab.claims (claim_id int, paid int);
  INSERT INTO lab.claims VALUES (1, 10), (2, 20);
  CREATE TABLE lab.made_elsewhere AS SELECT claim_id, 2 * paid AS twice FROM lab.claims;
  CREATE FUNCTION lab.gate() RETURNS boolean LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN true; END';
  CREATE DOMAIN lab.gated AS int CHECK (lab.gate());
  CREATE VIEW lab.gated_claims AS SELECT claim_id, paid FROM lab.claims WHERE lab.gate();
`;
