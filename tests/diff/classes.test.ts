/** Every class of change, told from the files: in contract, logic, operations or words, and whom it breaks. */
import { expect, test } from "vitest";
import type { Files } from "../support/files.ts";
import { CLAIMS, edited, PAID, pipeline } from "./claims.ts";
import { repository, told } from "./repository.ts";

const paid = (...edits: readonly (readonly [string, string])[]): Files => ({
  "pipelines/claims/paid.yaml": edited(PAID, ...edits),
});
const file = (path: keyof typeof CLAIMS, ...edits: readonly (readonly [string, string])[]): Files => ({
  [path]: edited(CLAIMS[path], ...edits),
});

const AMOUNT = '    - {name: amount, type: "numeric(12,2)"}\n';

type Case = readonly [what: string, files: Files, told: readonly string[]];

const columns: readonly Case[] = [
  [
    "a column is gone",
    paid([AMOUNT, ""], ["  constraints:\n    - {name: positive, check: amount >= 0}\n", ""]),
    [
      "claims.paid changed breaking: column amount is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
      "claims.paid changed breaking: check positive is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    ],
  ],
  [
    "a column that only decides is gone: its readers are others",
    paid(["    - {name: status, type: text, not_null: true}\n", ""], ["  unique: [[member_id, status]]\n", ""]),
    [
      "claims.paid changed breaking: column status is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
      "claims.paid changed breaking: unique key (member_id, status) is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    ],
  ],
  [
    "a column that one reads has another type",
    paid(["{name: claim_id, type: bigint", "{name: claim_id, type: text"]),
    ["claims.paid changed breaking: column claim_id changed from bigint to text ← finance.copied may: quality.scored"],
  ],
  [
    "a column is renamed",
    paid(["{name: claim_id,", "{name: id,"], ["[claim_id]", "[id]"]),
    [
      "claims.paid changed breaking: column claim_id is gone; id has its place ← finance.copied may: quality.scored",
      "claims.paid changed breaking: column id bigint is new ← finance.copied",
      "claims.paid changed breaking: primary key (claim_id) is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
      "claims.paid changed contract: primary key (id) is new",
    ],
  ],
  [
    "a new column breaks only stars",
    paid([AMOUNT, `${AMOUNT}    - {name: paid_on, type: date}\n`]),
    ["claims.paid changed breaking: column paid_on date is new ← finance.copied"],
  ],
  [
    "a wider type breaks only who passes it on under the old one",
    paid(["numeric(12,2)", "numeric(14,2)"]),
    ["claims.paid changed breaking: column amount changed from numeric(12,2) to numeric(14,2) ← finance.copied"],
  ],
  [
    "a wider type that nobody passes on",
    file("pipelines/claims/totals.yaml", ["total, type: numeric", "total, type: double precision"]),
    ["claims.totals changed breaking: column total changed from numeric to double precision ← finance.spend"],
  ],
  [
    "the same type by another name",
    paid(["{name: claim_id, type: bigint", "{name: claim_id, type: INT8"]),
    ["claims.paid changed words: comments or formatting of paid.yaml"],
  ],
  [
    "NOT NULL is gone",
    paid(["text, not_null: true", "text"]),
    [
      "claims.paid changed breaking: column status may be NULL now ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    ],
  ],
  [
    "NOT NULL is new",
    paid(["{name: member_id, type: bigint}", "{name: member_id, type: bigint, not_null: true}"]),
    ["claims.paid changed contract: column member_id is never NULL now"],
  ],
  [
    "PHI is new",
    paid(["{name: member_id, type: bigint}", "{name: member_id, type: bigint, phi: true}"]),
    [
      "claims.paid changed breaking: column member_id is PHI now ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    ],
  ],
  [
    "columns stand in another order",
    file("pipelines/claims/totals.yaml", [
      "    - {name: member_id, type: bigint}\n    - {name: total, type: numeric}\n",
      "    - {name: total, type: numeric}\n    - {name: member_id, type: bigint}\n",
    ]),
    ["claims.totals changed contract: its columns stand in another order"],
  ],
];

const tables: readonly Case[] = [
  [
    "the primary key is gone",
    paid(["  primary_key: [claim_id]\n", ""]),
    [
      "claims.paid changed breaking: primary key (claim_id) is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    ],
  ],
  [
    "a key is new",
    file("pipelines/claims/totals.yaml", ["type: numeric}\n", "type: numeric}\n  primary_key: [member_id]\n"]),
    [
      "claims.totals changed contract: column member_id is never NULL now",
      "claims.totals changed contract: primary key (member_id) is new",
    ],
  ],
  [
    "a check is written in another way",
    paid(["check: amount >= 0", "check: (amount>=0)"]),
    ["claims.paid changed words: comments or formatting of paid.yaml"],
  ],
  [
    "a check says something else",
    paid(["amount >= 0", "amount >= -1"]),
    [
      "claims.paid changed breaking: check positive says something else ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    ],
  ],
  [
    "an index is new",
    paid(["  unique:", "  indexes:\n    - {columns: [member_id]}\n  unique:"]),
    ["claims.paid changed contract: index on (member_id) is new"],
  ],
  [
    "the table has another name",
    file("pipelines/claims/totals.yaml", ["claims.totals", "claims.member_totals"]),
    ["claims.totals changed breaking: table claims.totals is claims.member_totals now ← finance.spend"],
  ],
  [
    "it is shut for some who read it",
    paid(["  table: claims.paid\n", "  table: claims.paid\n  readers: [quality]\n"]),
    ["claims.paid changed breaking: visibility: public before, pipeline and quality now ← finance.copied"],
  ],
  [
    "it is shut, and nobody else reads it",
    file("pipelines/finance/spend.yaml", ["  columns", "  visibility: pipeline\n  columns"]),
    ["finance.spend changed contract: visibility: public before, pipeline now"],
  ],
  [
    "it is deprecated",
    paid(["  table: claims.paid\n", "  table: claims.paid\n  deprecated: {since: 2026-01-01, use: claims.totals}\n"]),
    ["claims.paid changed contract: deprecated since 2026-01-01, to be replaced by claims.totals"],
  ],
  [
    "a source loses a column",
    file("sources/raw.yaml", ["      - {name: status, type: text}\n", ""]),
    [
      "raw changed breaking: column status is gone ← claims.paid then: claims.totals, finance.copied, finance.spend, quality.scored",
    ],
  ],
];

const others: readonly Case[] = [
  [
    "the SELECT",
    file("pipelines/claims/totals.sql", ["sum(amount)", "max(amount)"]),
    ["claims.totals changed logic: totals.sql"],
  ],
  [
    "the SELECT is written in another way",
    {
      "pipelines/claims/totals.sql":
        "-- What was paid.\nselect MEMBER_ID, SUM(amount) total\nFROM claims.paid\nWHERE status = 'paid'\nGROUP BY member_id;\n",
    },
    ["claims.totals changed words: comments or formatting of totals.sql"],
  ],
  [
    "the Python",
    file("pipelines/quality/scored.py", ["weigh(paid)", "weigh(paid)[:1]"]),
    ["quality.scored changed logic: scored.py"],
  ],
  [
    "comments in Python",
    file("pipelines/quality/scored.py", ["\n\n\ndef", "  # scales\n\n# The score.\ndef"]),
    ["quality.scored changed words: comments or formatting of scored.py"],
  ],
  [
    "a module that Python imports",
    file("helpers.py", ["return rows", "return list(rows)"]),
    ["quality.scored changed logic: a module that scored.py imports"],
  ],
  [
    "the kind",
    paid(["kind: create_table_as", "kind: upsert"]),
    ["claims.paid changed logic: kind create_table_as is upsert now"],
  ],
  [
    "how it is published",
    paid(["kind: create_table_as\n", "kind: create_table_as\npublish: rows\n"]),
    ["claims.paid changed operations: publish"],
  ],
  [
    "when and how it runs",
    paid([
      "description: Payments.\n",
      "description: Payments.\nowners: [us@clover.example]\nretries: 3\ntimeout: 5m\nsettings: {work_mem: 1GB}\nmonitors:\n  - {row_count: {min: 1}}\n",
    ]),
    ["owners", "monitors", "settings", "retries", "timeout"].map((what) => `claims.paid changed operations: ${what}`),
  ],
  [
    "who may read it in the database",
    paid(["  table: claims.paid\n", "  table: claims.paid\n  grants: {analysts: [select]}\n"]),
    ["claims.paid changed operations: grants"],
  ],
  [
    "descriptions",
    paid(["Payments.", "All payments."], ["text, not_null: true}", "text, not_null: true, description: As it came.}"]),
    ["claims.paid changed words: column status: description", "claims.paid changed words: description"],
  ],
  [
    "comments in a definition",
    paid(["kind:", "# Ours.\nkind:"]),
    ["claims.paid changed words: comments or formatting of paid.yaml"],
  ],
  [
    "a pipeline's schedule",
    { "pipelines/claims/pipeline.yaml": pipeline("claims", 'schedule: "0 6 * * *"\n') },
    ["claims changed operations: schedule none is 0 6 * * * now"],
  ],
];

for (const [title, cases] of Object.entries({ columns, tables, others })) {
  test.each(cases)(`${title}: %s`, async (_, files, expected) => {
    const project = repository(CLAIMS);
    project.write(files);
    expect(told(await project.compare())).toEqual(expected);
  });
}
