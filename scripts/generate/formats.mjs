/** docs/formats/: one page for each sort of file and each kind of transform. */
import { kinds } from "../../src/kinds/index.ts";
import { common } from "../../src/project/syntax/transform_file.ts";

const NOTE = "<!-- Made by `make generate` from the code; change it there. -->\n\n";

const FILES = {
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
};

FILES.test = {
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
they are. \`~\` or nothing at all is NULL, \`""\` the empty text; lists and mappings are json. A row may take the rest of its
values from a factory (\`{use: member, plan_code: B, times: 20}\`).

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
\`\`\`

A query that is inserted (\`at: insert_into(schema.table)\`) has the names of the columns that it fills.`,
};

/** Written out on the page of transforms only. */
const SETTINGS = { stop: ["settings"], see: "[as for a transform](transform.md#how-it-runs)" };

const EXECUTION = ["monitors", "settings", "retries", "timeout", "publish_wait", "snapshot_wait"];

/** `own`: the schema of each kind. */
export function formatPages(schemas, own) {
  const all = [...kinds.values()];
  return [
    ["docs/formats/README.md", overview(all)],
    ...Object.entries(FILES).map(([name, { title, intro }]) => [
      `docs/formats/${name}.md`,
      `${NOTE}# ${title}\n\n${intro}\n\n## Keys\n\n${table(schemas[name], SETTINGS)}\n`,
    ]),
    ["docs/formats/transform.md", transformPage(all, own.get(all.find((kind) => kind.severalOutputs).name))],
    ...all.map((kind) => [`docs/formats/${kind.name}.md`, kindPage(kind, own.get(kind.name))]),
  ];
}

function overview(all) {
  return `${NOTE}# The files of a project

| file | what it says |
| --- | --- |
| [ctf.yaml](ctf.md) | that the folder is a project: targets, variables, defaults |
| [pipelines/PIPELINE/pipeline.yaml](pipeline.md) | that a folder is a pipeline: owners, schedule, defaults |
| [pipelines/PIPELINE/TRANSFORM.yaml](transform.md) | one transform: what goes in, what comes out; its SQL lies beside it under the same name |
| [sources/*.yaml](sources.md) | what transforms read but CTF does not build |
| [pipelines/PIPELINE/*.test.yaml](test.md) | tests of transforms, with rows of their own |

Kinds of transform:

${all.map((kind) => `- [${kind.name}](${kind.name}.md) ${kind.summary}`).join("\n")}

Names of pipelines and transforms come from folders and files: small letters, digits, \`_\` and \`-\`, beginning with a letter.

## YAML

Files are UTF-8 and YAML 1.2: a date such as \`2018-04-17\` stays text, and so do \`yes\`, \`no\`, \`on\` and \`off\`; only
\`true\` and \`false\` are truth values. Windows line ends and a byte order mark do no harm.

CTF does without anchors (\`&\`), aliases (\`*\`), tags (\`!\`), merge keys (\`<<\`) and several documents in a file: a
definition says what it means where it stands. What many transforms share goes under \`defaults:\` of the pipeline or project.

One trap to know: within \`{…}\` and \`[…]\`, YAML ends a value at its first comma, so \`{type: numeric(12,2)}\` needs quotes:
\`{type: "numeric(12,2)"}\`. \`ctf check\` finds it.

## Defaults

The nearest wins: a transform's own value, then its pipeline's \`defaults\`, then the project's. Settings are merged key by
key. Grants add up: a role has what the project, the pipeline and the output give it together.

## Editors

\`schemas/\` has a JSON Schema for each file. Files that CTF writes begin with a line that points editors with the YAML
language server to it.
`;
}

function transformPage(all, schema) {
  const shared = pick(schema, ["kind", "description", "owners", "inputs", "output", "outputs"]);
  return `${NOTE}# Transforms

A transform is one definition: what goes in, what is done, what comes out, and who answers for it. Its file's name is the
transform's, and its SQL lies beside it. Which keys it has beside these depends on its kind:

${all.map((kind) => `- [${kind.name}](${kind.name}.md) ${kind.summary}`).join("\n")}

## Keys of all kinds

${table({ ...shared, properties: { ...shared.properties, kind: { description: common.kind.description } } }, { stop: ["output", "outputs"], see: "see below" })}

An input is one of

\`\`\`yaml
inputs:
  - transform: coverage_spans       # of this pipeline
  - pipeline: members               # of another
    transform: members_clean
  - source: calendar                # what CTF does not build
\`\`\`

## Outputs

${outputsOf(schema)
  .map((output) => `### ${output.required[0]}\n\n${table(output)}`)
  .join("\n\n")}

Names are written \`schema.name\` in small letters. A name that really has capitals or spaces goes in double quotes:
\`raw."Claims 2018"\`. Columns' names are taken exactly as they are written.

## How it runs

${table(pick(schema, EXECUTION))}
`;
}

const outputsOf = ({ properties: { output } }) => output.anyOf ?? [output];

function kindPage(kind, schema) {
  const keys = Object.keys(schema.properties).filter((key) => !(key in common));
  const makes = kind.outputs.join(", ");
  return `${NOTE}# ${kind.name}

${kind.documentation.trim()}

## Its own keys

${keys.length === 0 ? "None: it has those of [all transforms](transform.md)." : `${table(pick(schema, keys))}\n\nThe others are those of [all transforms](transform.md).`}

It makes: ${makes}.${kind.severalOutputs ? " Several, or none, go under `outputs:`." : ""}${kind.mayReadItself ? " It may name itself among its inputs." : ""}
`;
}

const pick = (schema, keys) => ({
  ...schema,
  properties: Object.fromEntries(
    keys.filter((key) => schema.properties[key]).map((key) => [key, schema.properties[key]]),
  ),
});

function table(schema, options) {
  return ["| key | value | meaning |", "| --- | --- | --- |", ...rows(schema, "", options)].join("\n");
}

/** A row for each key, those within it after it. */
function rows(schema, prefix, options = {}) {
  const { stop = [], see } = options;
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const needed = schema.required?.includes(key) ? " (needed)" : "";
    const stops = stop.includes(key);
    const row = `| \`${name}\` | ${stops ? see : words(value)}${needed} | ${cell(value.description ?? "")} |`;
    return stops ? [row] : [row, ...within(value, name, options)];
  });
}

function within(value, name, options) {
  const forms = [value, ...(value.anyOf ?? [])];
  return forms.flatMap((form) => [
    ...rows(form, `${name}.`, options),
    ...(form.type === "array"
      ? [form.items, ...(form.items.anyOf ?? [])].flatMap((item) => rows(item, `${name}[].`, options))
      : []),
    ...(typeof form.additionalProperties === "object"
      ? [form.additionalProperties, ...(form.additionalProperties.anyOf ?? [])].flatMap((item) =>
          rows(item, `${name}.NAME.`, options),
        )
      : []),
  ]);
}

/** What sort of value it is. */
function words(value) {
  if (value.const !== undefined) return `\`${value.const}\``;
  if (value.enum) return value.enum.map((one) => `\`${one}\``).join(", ");
  if (value.anyOf) return [...new Set(value.anyOf.map(words))].join(" or ");
  if (value.type === "array") return value.items.enum ? `list of ${words(value.items)}` : `list`;
  if (value.type === "object") return value.properties ? "keys" : "names with values";
  if (Array.isArray(value.type)) return value.type.map((type) => words({ type })).join(" or ");
  return (
    { string: "text", integer: "whole number", number: "number", boolean: "`true` or `false`" }[value.type] ?? "text"
  );
}

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
