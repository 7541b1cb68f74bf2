/** What the page of each sort of file says before its keys. */
export const FILES = {
  ctf: {
    title: "ctf.yaml",
    intro: `Stands at the root of a project and makes the folder one: its name, where it runs, and what holds for all of it.

\`\`\`yaml
ctf: 1
project: my_warehouse
targets:
  local: {embedded: true}          # a PostgreSQL that CTF starts itself
  prod: {url_env: WAREHOUSE_URL}   # names an environment variable, never holds a password
vars:
  run_date: {type: date, default: 2018-04-17, description: The day that is reported on}
defaults: {retries: 2, timeout: 2h}
grants: {reporting: [select]}
\`\`\`

SQL reads a variable with \`current_setting('ctf.run_date')::date\`.`,
  },
  pipeline: {
    title: "pipeline.yaml",
    intro: `Makes a folder under pipelines/ a pipeline: transforms that run together. The folder's name is the pipeline's.

\`\`\`yaml
description: Who is covered, and when.
owners: [enrollment-data@clover.example]
schedule: "0 6 * * *"
defaults: {retries: 2, timeout: 2h}
\`\`\``,
  },
  sources: {
    title: "sources/*.yaml",
    intro: `Declares what transforms read but CTF does not build: tables of others, and files. Folders within sources/ are fine.

\`\`\`yaml
sources:
  - name: calendar
    table: reference.calendar
    description: One row a month.
    columns: [{name: month, type: date}]
  - name: claims_files
    file: "data/claims_*.csv.gz"
\`\`\``,
  },
  test: {
    title: "*.test.yaml",
    intro: `Tests of the transform beside whose definition the file lies: \`member_months.test.yaml\` is about
\`member_months.yaml\`, and so is \`member_months.leap_years.test.yaml\`. A test that runs a pipeline may stand in any of them.
[The guide](../guides/testing.md) leads from a bug report to a fix.

\`\`\`yaml
tests:
  - name: a span that ends mid-month counts that month
    now: 2018-04-17T00:00:00Z
    given:
      enrollment.coverage_spans:
        - {member_id: 1, span: "[2018-01-15,2018-03-10)"}   # columns that are left out are made up
      reference.calendar: {csv: calendar_2018.csv}
    expect:                                                 # in any order; only these columns are compared
      - {member_id: 1, month: 2018-01-01}
  - name: the CTE picks the latest plan
    at: cte(latest_plan)
    given: {coverage_spans: [{member_id: 1, plan: A}]}
    expect: [{member_id: 1, plan: A}]
  - name: overlapping spans are refused
    given: {coverage_spans: [{member_id: 1}, {member_id: 1}]}
    expect_error: {code: CTF512, like: "member_id, month"}
\`\`\`

Values are taken as they are written and read by PostgreSQL as the column's type: \`00123\`, \`1E5\` and \`1.10\` stay what
they are. \`~\` or nothing at all is NULL, \`""\` the empty text; lists are arrays or json, mappings json. In quotes stand ranges
(\`"[2018-01-15,2018-03-10)"\`), texts with a comma, with \`: \` or \` #\` in them, and those that begin with one of
\`@ % * & ! ? | > [ {\`. A row may take the rest of its values from a factory (\`{use: member, plan_code: B, times: 20}\`).

What is not named under \`given\` is empty: a table has no rows, and from a source of files nothing is read. Rows that a
foreign key needs in other tables are made up too, but not in a table that the test gives itself. Foreign keys of the output
are looked at where the test gives the table that they lead to.
Numbers are compared by their value, timestamps by the instant, json by its content, NULL equal to NULL alone.

A function that a transform makes has rows when it is called, as in FROM: \`SELECT * FROM claims.pmpm('A', …)\`. A value is one
column with the function's name:

\`\`\`yaml
    expect:
      "claims.pmpm('A', '2018-01-01', '2018-12-31')": [{pmpm: 33.33}]
      providers.npi_is_valid('1234567894'): [{npi_is_valid: false}]
      providers.npi_is_valid('12'): {error: {code: 22023, like: ten digits}}
\`\`\`

An error that a function raises is expected by the SQLSTATE, by what PostgreSQL says, or by both; \`{error: {}}\` takes any.

A query that is inserted (\`at: insert_into(schema.table)\`) has the names of the columns that it fills.`,
  },
};
