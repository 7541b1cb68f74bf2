import { describe, expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";

const definition = (kind: string, table: string, inputs: string, columns: string) =>
  `kind: ${kind}\ninputs:\n${inputs}output:\n  table: ${table}\n  columns: [${columns}]\n`;

const files = {
  "sources/raw.yaml": `sources:
  - name: people
    table: raw.people
    columns: [{name: id, type: bigint}, {name: born, type: date, phi: true}]
`,
  "pipelines/members/pipeline.yaml": "owners: [data@example.org]\n",
  "pipelines/members/clean.yaml": definition(
    "create_table_as",
    "members.clean",
    "  - source: people\n",
    "{name: member_id, type: bigint}, {name: birth_date, type: date, phi: true}",
  ),
  "pipelines/members/clean.sql":
    "SELECT\n  id AS member_id,\n  born AS birth_date\nFROM raw.people\nWHERE born IS NOT NULL\n",
  "pipelines/members/ages.yaml": definition(
    "create_table_as",
    "members.ages",
    "  - transform: clean\n",
    "{name: born_in, type: numeric, phi: true}",
  ),
  "pipelines/members/ages.sql":
    "SELECT\n  extract(year FROM c.birth_date) AS born_in\nFROM members.clean AS c\nORDER BY c.member_id LIMIT 10\n",
  "pipelines/members/scores.yaml": definition(
    "python",
    "members.scores",
    "  - transform: ages\n",
    "{name: score, type: numeric}",
  ),
  "pipelines/members/scores.py": "def scores(ages):\n    return ages\n",
};

async function lineage(...args: readonly string[]) {
  const { stdout, stderr, code } = await runCtf(["lineage", ...args], { cwd: scratchProject(files).root });
  return { lines: stdout.trimEnd().split("\n"), stdout, stderr, code };
}

test("draws where a column comes from and goes to, what only decides with dots", async () => {
  expect((await lineage("members.clean.birth_date")).lines).toEqual([
    "members.clean.birth_date  date, PHI, pipelines/members/clean.sql:3:3",
    "",
    "Comes from",
    "  └─ raw.people.born  PHI, source people in sources/raw.yaml",
    "",
    "Goes to",
    "  └─ members.ages.born_in  PHI, pipelines/members/ages.sql:2:3",
    "     └─ members.scores (any column)  perhaps: an input by declaration, pipelines/members/scores.py",
  ]);
  expect((await lineage("members.clean.member_id", "--down")).lines.slice(2)).toEqual([
    "Goes to",
    "  └┄ members.ages (its rows)  only decides which rows, pipelines/members/ages.sql",
  ]);
  expect((await lineage("members.clean.member_id", "--up")).lines.slice(2)).toEqual([
    "Comes from",
    "  ├─ raw.people.id  source people in sources/raw.yaml",
    "  └┄ raw.people.born  PHI, only decides which rows, source people in sources/raw.yaml",
  ]);
});

test("--depth stops after so many steps", async () => {
  const { stdout } = await lineage("raw.people.born", "--down", "--depth", "1");
  expect(stdout).toContain("members.clean.birth_date");
  expect(stdout).not.toContain("members.ages");
  expect(await lineage("raw.people.born", "--depth", "0")).toMatchObject({ code: 2 });
});

describe("a column can be called", () => {
  test.each([
    ["by its table", "members.clean.birth_date"],
    ["by its transform", "clean.birth_date"],
    ["by its source", "people.born"],
  ])("%s", async (_, typed) => {
    expect(await lineage(typed)).toMatchObject({ code: 0 });
  });
});

describe("a name that means nothing has a suggestion", () => {
  test.each([
    ["members.clean.birthdate", "Did you mean birth_date?"],
    ["member.clean.birth_date", "Did you mean members.clean.birth_date?"],
    ["members.clean", "Name one, as in members.clean.member_id."],
    ["nothing", "Write it as schema.table.column, or transform.column."],
  ])("%s: %s", async (typed, hint) => {
    const { code, stderr } = await lineage(typed);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(hint) as string });
  });
});

test("--format mermaid: solid for values, dotted for what decides", async () => {
  expect((await lineage("clean.member_id", "--format", "mermaid")).lines).toEqual([
    "flowchart LR",
    '  n0["members.clean.member_id"]',
    '  n1["raw.people.id"]',
    '  n2["raw.people.born"]',
    '  n3["members.ages.*"]',
    "  n1 --> n0",
    "  n2 -. rows .-> n0",
    "  n0 -. rows .-> n3",
  ]);
});
