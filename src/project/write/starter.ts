/** The project that `ctf init` makes: small, whole, and runnable without a network. */
import type { NewFiles } from "./new_files.ts";
import { type SchemaName, schemaLine } from "./schemas.ts";

const withSchema = (file: string, schema: SchemaName, text: string): NewFiles => ({
  [file]: `# ${schemaLine(file, schema)}\n${text}`,
});

/** `name` is the project's, small letters and _. */
export const starterFiles = (name: string): NewFiles => ({
  "README.md": readme(name),
  ".gitignore": gitignore,
  ...withSchema("ctf.yaml", "ctf", ctfYaml(name)),
  "data/coverage.csv": coverageCsv,
  ...withSchema("sources/files.yaml", "sources", sources),
  ...withSchema("pipelines/enrollment/pipeline.yaml", "pipeline", enrollment),
  ...withSchema("pipelines/enrollment/coverage.yaml", "transform", coverage),
  ...withSchema("pipelines/enrollment/member_months.yaml", "transform", memberMonths),
  "pipelines/enrollment/member_months.sql": memberMonthsSql,
  ...withSchema("pipelines/enrollment/member_months.test.yaml", "test", memberMonthsTests),
  ...withSchema("pipelines/reports/pipeline.yaml", "pipeline", reports),
  ...withSchema("pipelines/reports/plan_months.yaml", "transform", planMonths),
  "pipelines/reports/plan_months.sql": planMonthsSql,
});

const readme = (name: string) => `# ${name}

A data warehouse project for CTF. It runs as it is:

\`\`\`
ctf run --all                     # build everything, on a PostgreSQL that CTF starts itself
ctf test                          # does the SQL do what it should? On rows of the tests' own
ctf ls                            # the transforms, in the order they run
ctf db psql                       # look at the tables: SELECT * FROM reports.plan_months;
\`\`\`

| where | what |
|---|---|
| \`ctf.yaml\` | the project: where it runs (targets), and values that vary (vars) |
| \`sources/\` | what CTF does not build: files, and tables of others |
| \`pipelines/enrollment/\` | \`coverage\` loads \`data/coverage.csv\`; \`member_months\` makes one row for each member and month, and \`member_months.test.yaml\` says what is expected of it |
| \`pipelines/reports/\` | \`plan_months\` counts members by plan and month, from the other pipeline's output |

Add your own:

\`\`\`
ctf start pipeline claims                               # a folder for transforms that run together
cd pipelines/claims
ctf start create_table_as table my_transform.sql        # a definition beside its SQL
ctf source add raw.claims                               # declare a table that is already in the warehouse
ctf check                                               # what is still missing or wrong
\`\`\`
`;

const gitignore = `# What CTF keeps for itself. The schemas, by which editors check definitions, belong to the project.
/.ctf/*
!/.ctf/schemas/
/node_modules/
`;

const ctfYaml = (name: string) => `ctf: 1
project: ${name}
targets:
  local: {embedded: true} # a PostgreSQL that CTF starts itself
  # prod: {url_env: WAREHOUSE_URL} # the environment variable with the address; the address itself never stands here
vars:
  run_date:
    type: date
    default: 2018-06-30
    description: Coverage without an end counts up to this day.
`;

const coverageCsv = `member_id,plan,starts_on,ends_on
1001,Gold,2018-01-01,
1002,Gold,2018-01-01,2018-03-31
1002,Silver,2018-04-01,
1003,Silver,2018-02-01,2018-05-31
1004,Bronze,2018-01-01,2018-02-28
1005,Bronze,2018-03-01,
1006,Silver,2018-05-01,
`;

const sources = `sources:
  - name: coverage_files
    file: data/coverage*.csv
    description: Who was covered by which plan, and from when to when. An empty end means until today.
`;

const enrollment = `description: Who is covered, and when.
owners: [enrollment-data@example.com]
schedule: "0 6 * * *"
`;

const coverage = `kind: load
description: One row for each time that a member was covered by a plan.
inputs:
  - source: coverage_files
output:
  table: enrollment.coverage
  columns:
    - {name: member_id, type: bigint, description: Our number for the member, phi: true}
    - {name: plan, type: text, description: The plan's name, not_null: true}
    - {name: starts_on, type: date, description: The first day of coverage}
    - {name: ends_on, type: date, description: The last day of coverage; empty if it goes on}
  primary_key: [member_id, starts_on]
  constraints:
    - {name: ends_after_start, check: ends_on >= starts_on}
monitors:
  - {row_count: {min: 1}}
`;

const memberMonths = `kind: create_table_as
description: One row for each member and month of coverage.
inputs:
  - transform: coverage
output:
  table: enrollment.member_months
  columns:
    - {name: member_id, type: bigint, description: Our number for the member, phi: true}
    - {name: month, type: date, description: The first day of the month}
    - {name: plan, type: text, description: The plan that covered the member, not_null: true}
  primary_key: [member_id, month]
  indexes:
    - {columns: [month]}
monitors:
  - {row_count: {min: 1}}
`;

const memberMonthsSql = `-- Plain SQL with the tables' real names. The value of run_date comes from ctf.yaml, or from --var run_date=2018-12-31.
-- Where a member changed plans within a month, the later plan counts.
SELECT DISTINCT ON (c.member_id, m.month)
  c.member_id,
  m.month::date AS month,
  c.plan
FROM enrollment.coverage AS c
CROSS JOIN generate_series(
  date_trunc('month', c.starts_on::timestamp),
  coalesce(c.ends_on, current_setting('ctf.run_date')::date)::timestamp,
  interval '1 month'
) AS m (month)
ORDER BY c.member_id, m.month, c.starts_on DESC
`;

const memberMonthsTests = `# Only what a test is about: columns that it leaves out are filled in, tables that it does not name are empty.
tests:
  - name: a month counts from its first day of coverage to its last
    given:
      enrollment.coverage:
        - {member_id: 1, starts_on: 2018-01-31, ends_on: 2018-03-01}
    expect:
      - {member_id: 1, month: 2018-01-01}
      - {member_id: 1, month: 2018-02-01}
      - {member_id: 1, month: 2018-03-01}

  - name: coverage without an end counts up to the run date
    vars: {run_date: 2018-02-15}
    given:
      enrollment.coverage:
        - {member_id: 1, starts_on: 2018-01-01, ends_on: null}
    expect:
      - {month: 2018-01-01}
      - {month: 2018-02-01}

  - name: who changes plans within a month has the later plan in it
    given:
      enrollment.coverage:
        - {member_id: 1, plan: Gold, starts_on: 2018-01-01, ends_on: 2018-02-14}
        - {member_id: 1, plan: Silver, starts_on: 2018-02-15, ends_on: 2018-02-28}
    expect:
      - {member_id: 1, month: 2018-01-01, plan: Gold}
      - {member_id: 1, month: 2018-02-01, plan: Silver}
`;

const reports = `description: What people look at.
owners: [reporting@example.com]
schedule: "0 7 * * *"
`;

const planMonths = `kind: create_table_as
description: How many members each plan covered in each month.
inputs:
  - pipeline: enrollment
    transform: member_months
output:
  table: reports.plan_months
  columns:
    - {name: plan, type: text, description: The plan's name}
    - {name: month, type: date, description: The first day of the month}
    - {name: members, type: bigint, description: Members covered, not_null: true}
  primary_key: [plan, month]
`;

const planMonthsSql = `SELECT plan, month, count(*) AS members
FROM enrollment.member_months
GROUP BY plan, month
`;
