/** A difference as people, review comments, code review and programs get it. */
import { expect, test } from "vitest";
import { drawDifference } from "../../src/cli/draw/diff.ts";
import { styleFor } from "../../src/cli/terminal/style.ts";
import { widthOf } from "../../src/cli/terminal/style.ts";
import { runCtf } from "../support/cli.ts";
import { CLAIMS, edited, PAID, pipeline } from "./claims.ts";
import { repository } from "./repository.ts";

const FILES = {
  "pipelines/claims/paid.yaml": edited(
    PAID,
    ["{name: claim_id, type: bigint", "{name: claim_id, type: text"],
    ["  unique: [[member_id, status]]\n", ""],
    ["Payments.", "All payments."],
  ),
  "pipelines/claims/totals.sql": edited(CLAIMS["pipelines/claims/totals.sql"], ["sum(amount)", "max(amount)"]),
  "pipelines/quality/pipeline.yaml": pipeline("quality", "defaults: {retries: 5}\n"),
  "pipelines/new/pipeline.yaml": pipeline("new"),
};

/** The commit's number is another one each time. */
const print = async (cwd: string, ...args: readonly string[]): Promise<string> => {
  const { stdout, stderr, code } = await runCtf(["diff", ...args], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.replaceAll(/\b[0-9a-f]{40}\b/g, "COMMIT").replaceAll(/\([0-9a-f]{7}\)/g, "(COMMIT)");
};

test("text", async () => {
  const project = repository(CLAIMS);
  expect(await print(project.root)).toBe("No transform, source or pipeline has changed since main (COMMIT).\n");
  project.write(FILES);
  expect(await print(project.root)).toMatchInlineSnapshot(`
    "Compared with main (COMMIT): 2 breaking changes, 2 transforms to run.

    pipeline new  new

    claims.paid  contract, words
      breaking    column claim_id changed from bigint to text
                  finance.copied  reads it     finance@clover.example
                  quality.scored  may read it  quality@clover.example
      breaking    unique key (member_id, status) is gone
                  claims.totals   reads it     claims@clover.example; changed here too
                  finance.copied  reads it     finance@clover.example
                  quality.scored  may read it  quality@clover.example
                  1 transform further down: finance.spend
      words       description

    claims.totals  logic
      logic       totals.sql

    quality.scored  operations
      operations  retries

    WHOM TO ASK             READS WHAT BREAKS  FURTHER DOWN
    claims@clover.example   claims.totals
    finance@clover.example  finance.copied     finance.spend
    quality@clover.example  quality.scored
    "
  `);
  const lines = drawDifference(await project.compare(), styleFor(true), 60);
  expect(lines.filter((line) => widthOf(line) > 60)).toEqual([]);
});

test("transforms that changed in the same way are told together", async () => {
  const many = Object.fromEntries(
    ["a", "b", "c", "d"].flatMap((name) => [
      [
        `pipelines/many/${name}.yaml`,
        `kind: create_table_as\noutput:\n  table: many.${name}\n  columns:\n    - {name: x, type: int}\n`,
      ],
      [`pipelines/many/${name}.sql`, "SELECT 1 AS x\n"],
    ]),
  );
  const project = repository({ ...many, "pipelines/many/pipeline.yaml": pipeline("many") });
  project.write({ "pipelines/many/pipeline.yaml": pipeline("many", "defaults: {retries: 5}\n") });
  expect((await print(project.root)).split("\n").slice(2)).toEqual([
    "many.a and 3 more of many  operations",
    "  operations  retries",
    "",
  ]);
});

test("markdown", async () => {
  const project = repository(CLAIMS);
  expect(await print(project.root, "--format", "markdown")).toBe(
    "### Changes against `main (COMMIT)`\n\nNo transform, source or pipeline has changed.\n",
  );
  project.write(FILES);
  expect(await print(project.root, "--format", "markdown")).toMatchInlineSnapshot(`
    "### Changes against \`main (COMMIT)\`

    **2 breaking changes, 2 transforms to run**

    | breaking | read by | further down |
    | --- | --- | --- |
    | \`claims.paid\`: column claim\\_id changed from bigint to text | \`finance.copied\` \`finance@clover.example\`<br>\`quality.scored\` \`quality@clover.example\` (may read it) |  |
    | \`claims.paid\`: unique key (member\\_id, status) is gone | \`claims.totals\` \`claims@clover.example\` (changed here too)<br>\`finance.copied\` \`finance@clover.example\`<br>\`quality.scored\` \`quality@clover.example\` (may read it) | \`finance.spend\` |

    | whom to ask | reads what breaks | further down |
    | --- | --- | --- |
    | \`claims@clover.example\` | \`claims.totals\` |  |
    | \`finance@clover.example\` | \`finance.copied\` | \`finance.spend\` |
    | \`quality@clover.example\` | \`quality.scored\` |  |

    | changed | in | what |
    | --- | --- | --- |
    | pipeline \`new\` | new |  |
    | \`claims.paid\` | contract, words | column claim\\_id changed from bigint to text<br>unique key (member\\_id, status) is gone<br>description |
    | \`claims.totals\` | logic | totals.sql |
    | \`quality.scored\` | operations | retries |
    "
  `);
});

test("github", async () => {
  const project = repository(CLAIMS, "warehouse");
  project.write(FILES);
  project.remove("pipelines/finance/spend.yaml", "pipelines/finance/spend.sql");
  expect(await print(project.root, "--format", "github")).toMatchInlineSnapshot(`
    "::warning file=warehouse/pipelines/claims/paid.yaml,line=8,col=30,endLine=8,endColumn=33,title=CTF447::claims.paid: column claim_id changed from bigint to text (read by finance.copied (finance@clover.example), quality.scored (quality@clover.example))
    ::warning file=warehouse/pipelines/claims/paid.yaml,line=5,col=1,endLine=5,endColumn=6,title=CTF447::claims.paid: unique key (member_id, status) is gone (read by claims.totals (claims@clover.example), finance.copied (finance@clover.example), quality.scored (quality@clover.example))
    ::warning title=CTF447::finance.spend: table finance.spend is gone (nobody in the project reads it)
    "
  `);
});

test("json", async () => {
  const project = repository(CLAIMS);
  project.write(FILES);
  expect(JSON.parse(await print(project.root, "--json"))).toMatchInlineSnapshot(`
    {
      "base": {
        "commit": "COMMIT",
        "name": "main",
      },
      "breaking": 2,
      "changed": [
        {
          "areas": [],
          "before": null,
          "changes": [],
          "file": "pipelines/new/pipeline.yaml",
          "name": "new",
          "owners": [
            "new@clover.example",
          ],
          "pipeline": "new",
          "status": "added",
          "unreadable": null,
          "what": "pipeline",
        },
        {
          "areas": [
            "contract",
            "words",
          ],
          "before": null,
          "changes": [
            {
              "area": "contract",
              "breaking": true,
              "column": "claim_id",
              "further": [],
              "readers": [
                {
                  "changedToo": false,
                  "how": "reads",
                  "owners": [
                    "finance@clover.example",
                  ],
                  "pipeline": "finance",
                  "transform": "finance.copied",
                },
                {
                  "changedToo": false,
                  "how": "may_read",
                  "owners": [
                    "quality@clover.example",
                  ],
                  "pipeline": "quality",
                  "transform": "quality.scored",
                },
              ],
              "relation": "claims.paid",
              "text": "column claim_id changed from bigint to text",
            },
            {
              "area": "contract",
              "breaking": true,
              "column": null,
              "further": [
                "finance.spend",
              ],
              "readers": [
                {
                  "changedToo": true,
                  "how": "reads",
                  "owners": [
                    "claims@clover.example",
                  ],
                  "pipeline": "claims",
                  "transform": "claims.totals",
                },
                {
                  "changedToo": false,
                  "how": "reads",
                  "owners": [
                    "finance@clover.example",
                  ],
                  "pipeline": "finance",
                  "transform": "finance.copied",
                },
                {
                  "changedToo": false,
                  "how": "may_read",
                  "owners": [
                    "quality@clover.example",
                  ],
                  "pipeline": "quality",
                  "transform": "quality.scored",
                },
              ],
              "relation": "claims.paid",
              "text": "unique key (member_id, status) is gone",
            },
            {
              "area": "words",
              "breaking": false,
              "column": null,
              "further": [],
              "readers": [],
              "relation": null,
              "text": "description",
            },
          ],
          "file": "pipelines/claims/paid.yaml",
          "name": "claims.paid",
          "owners": [
            "claims@clover.example",
          ],
          "pipeline": "claims",
          "status": "changed",
          "unreadable": null,
          "what": "transform",
        },
        {
          "areas": [
            "logic",
          ],
          "before": null,
          "changes": [
            {
              "area": "logic",
              "breaking": false,
              "column": null,
              "further": [],
              "readers": [],
              "relation": null,
              "text": "totals.sql",
            },
          ],
          "file": "pipelines/claims/totals.yaml",
          "name": "claims.totals",
          "owners": [
            "claims@clover.example",
          ],
          "pipeline": "claims",
          "status": "changed",
          "unreadable": null,
          "what": "transform",
        },
        {
          "areas": [
            "operations",
          ],
          "before": null,
          "changes": [
            {
              "area": "operations",
              "breaking": false,
              "column": null,
              "further": [],
              "readers": [],
              "relation": null,
              "text": "retries",
            },
          ],
          "file": "pipelines/quality/scored.yaml",
          "name": "quality.scored",
          "owners": [
            "quality@clover.example",
          ],
          "pipeline": "quality",
          "status": "changed",
          "unreadable": null,
          "what": "transform",
        },
      ],
      "toRun": [
        "claims.paid",
        "claims.totals",
      ],
    }
  `);
});
