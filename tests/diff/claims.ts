/** A project of three pipelines, for what changes in it. */

export const pipeline = (owner: string, more = ""): string =>
  `description: D\nowners: [${owner}@clover.example]\n${more}`;

export const PAID = `kind: create_table_as
description: Payments.
inputs:
  - source: raw
output:
  table: claims.paid
  columns:
    - {name: claim_id, type: bigint, not_null: true}
    - {name: member_id, type: bigint}
    - {name: amount, type: "numeric(12,2)"}
    - {name: status, type: text, not_null: true}
  primary_key: [claim_id]
  unique: [[member_id, status]]
  constraints:
    - {name: positive, check: amount >= 0}
`;

/** The definition with some of its text exchanged. */
export function edited(text: string, ...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new Error(`nothing to edit: ${from}`);
    return now.replace(from, to);
  }, text);
}

const selected = (inputs: string, table: string, columns: string): string =>
  `kind: create_table_as\ninputs:\n${inputs}output:\n  table: ${table}\n  columns:\n${columns}`;

const ofClaims = (name: string): string => `  - {pipeline: claims, transform: ${name}}\n`;

/**
 * claims.paid is read by claims.totals (member_id, amount; status only decides), finance.copied (a star) and quality.scored
 * (Python); finance.spend follows from claims.totals.
 */
export const CLAIMS = {
  "sources/raw.yaml":
    'sources:\n  - name: raw\n    table: raw.payments\n    columns:\n      - {name: id, type: bigint, not_null: true}\n      - {name: member, type: bigint}\n      - {name: amount, type: "numeric(12,2)"}\n      - {name: status, type: text}\n',
  "pipelines/claims/pipeline.yaml": pipeline("claims"),
  "pipelines/claims/paid.yaml": PAID,
  "pipelines/claims/paid.sql": "SELECT id AS claim_id, member AS member_id, amount, status FROM raw.payments\n",
  "pipelines/claims/totals.yaml": selected(
    "  - transform: paid\n",
    "claims.totals",
    "    - {name: member_id, type: bigint}\n    - {name: total, type: numeric}\n",
  ),
  "pipelines/claims/totals.sql":
    "SELECT member_id, sum(amount) AS total FROM claims.paid WHERE status = 'paid' GROUP BY member_id\n",
  "pipelines/finance/pipeline.yaml": pipeline("finance"),
  "pipelines/finance/copied.yaml": selected(
    ofClaims("paid"),
    "finance.copied",
    '    - {name: claim_id, type: bigint}\n    - {name: member_id, type: bigint}\n    - {name: amount, type: "numeric(12,2)"}\n    - {name: status, type: text}\n',
  ),
  "pipelines/finance/copied.sql": "SELECT * FROM claims.paid\n",
  "pipelines/finance/spend.yaml": selected(ofClaims("totals"), "finance.spend", "    - {name: spent, type: numeric}\n"),
  "pipelines/finance/spend.sql": "SELECT sum(total) AS spent FROM claims.totals\n",
  "pipelines/quality/pipeline.yaml": pipeline("quality"),
  "pipelines/quality/scored.yaml":
    "kind: python\ninputs:\n" +
    ofClaims("paid") +
    "output:\n  table: quality.scored\n  columns:\n    - {name: score, type: bigint}\n",
  "pipelines/quality/scored.py": "from helpers import weigh\n\n\ndef transform(paid):\n    return weigh(paid)\n",
  "helpers.py": "def weigh(rows):\n    return rows\n",
} as const;
