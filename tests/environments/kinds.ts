/** Two pipelines with every kind, and everything that can name a table: what an environment has to get right. */
import type { Files } from "../support/files.ts";
import { pythonProject } from "../support/python.ts";

export const TARGETS = `targets:
  prod: {url_env: WAREHOUSE_URL}
  dev: {url_env: WAREHOUSE_URL, prefix: dev_, defer: prod}
  alone: {url_env: WAREHOUSE_URL, prefix: alone_}
  second: {url_env: WAREHOUSE_URL, prefix: second_, defer: dev}
default_target: prod
`;

export const SETUP = `
  CREATE SCHEMA raw;
  CREATE TABLE raw.claims (claim_id int PRIMARY KEY, member_id int, paid numeric);
  INSERT INTO raw.claims VALUES (1, 7, 10), (2, 7, 20), (3, 8, 30);
  CREATE SCHEMA claims;
  CREATE TABLE claims.given (claim_id int);
  
`;

export const files: Files = {
  "ctf.yaml": pythonProject().replace("targets:\n  test: {url_env: WAREHOUSE_URL}\n", TARGETS),
  "sources/raw.yaml": `sources:
  - {name: claims, table: raw.claims, columns: [{name: claim_id, type: int}, {name: member_id, type: int}, {name: paid, type: numeric}]}
  - {name: rates, file: rates.csv}
`,
  "rates.csv": "member_id,rate\n7,1.5\n8,2\n",
  "pipelines/claims/pipeline.yaml": "description: Claims.\nowners: [us]\n",
  "pipelines/claims/rules.yaml": `kind: sql
inputs: [{source: claims}]
outputs:
  - {function: claims.doubled, arguments: [numeric]}
  - function: claims.touch
  - {view: claims.large, columns: [{name: claim_id, type: int}]}
`,
  "pipelines/claims/rules.sql": `CREATE SCHEMA IF NOT EXISTS claims;
CREATE OR REPLACE FUNCTION claims.doubled(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 2 * x';
CREATE OR REPLACE FUNCTION claims.touch() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- claims.paid stays as it is in comments
  PERFORM count(*) FROM raw.claims;
END $$;
CREATE OR REPLACE VIEW claims.large AS SELECT c.claim_id FROM raw.claims AS c WHERE claims.doubled(c.paid) > 30;
COMMENT ON VIEW claims.large IS 'claims.large';
`,
  "pipelines/claims/paid.yaml": `kind: create_table_as
inputs: [{source: claims}, {transform: rules}]
output:
  table: claims.paid
  columns:
    - {name: claim_id, type: int}
    - {name: member_id, type: int}
    - {name: paid, type: numeric}
  primary_key: [claim_id]
  constraints: [{name: plausible, check: claims.doubled(paid) >= 0}]
  indexes: [{columns: [{expression: claims.doubled(paid)}]}]
`,
  "pipelines/claims/paid.sql": "SELECT claim_id, member_id, claims.doubled(paid) AS paid FROM raw.claims\n",
  "pipelines/claims/rates.yaml": `kind: load
inputs: [{source: rates}]
output:
  table: claims.rates
  columns: [{name: member_id, type: int}, {name: rate, type: numeric}]
  primary_key: [member_id]
`,
  "pipelines/claims/given.yaml": "kind: no_op\noutput: {table: claims.given, columns: [{name: claim_id, type: int}]}\n",
  "pipelines/quality/pipeline.yaml": "description: Quality.\nowners: [them]\n",
  "pipelines/quality/totals.yaml": `kind: upsert
inputs: [{pipeline: claims, transform: paid}, {pipeline: claims, transform: rates}, {pipeline: claims, transform: given}]
output:
  table: quality.totals
  columns: [{name: member_id, type: int}, {name: total, type: numeric}]
  primary_key: [member_id]
  foreign_keys: [{columns: [member_id], references: {table: claims.rates, columns: [member_id]}}]
`,
  "pipelines/quality/totals.sql": `SELECT p.member_id, sum(p.paid) AS total -- of claims.paid
FROM claims.paid AS p JOIN claims.rates ON claims.rates.member_id = p.member_id
  LEFT JOIN claims.given USING (claim_id)
GROUP BY p.member_id
`,
  "pipelines/quality/scored.yaml": `kind: python
inputs: [{transform: totals}]
output:
  table: quality.scored
  columns: [{name: member_id, type: int}, {name: score, type: numeric}]
`,
  "pipelines/quality/scored.py": `def transform(totals):
    for row in totals.rows():
        yield row.member_id, row.total / 10
`,
  "pipelines/quality/listed.yaml": `kind: python
inputs: [{transform: scored}]
output:
  file: out/listed.csv
  columns: [{name: member_id, type: int}]
`,
  "pipelines/quality/listed.py": `def transform(scored):
    for row in scored.rows():
        yield (row.member_id,)
`,
};
