import { type Code, defineCode } from "../diagnostics/diagnostic.ts";

const DEFINITION = "pipelines/claims/paid.yaml";
const SELECT = { "pipelines/claims/paid.sql": "SELECT 1::bigint AS claim_id, 'paid'::text AS status\n" };
const columns = `  columns:
    - {name: claim_id, type: bigint}
    - {name: status, type: text}
`;
const keyed = `output:\n  table: claims.paid\n${columns}  primary_key: [claim_id]\n`;
const unkeyed = `output:\n  table: claims.paid\n${columns}`;

export const missingKeys = defineCode({
  code: "CTF120",
  name: "missing-key-columns",
  severity: "error",
  what: "A transform that matches rows by key has no key.",
  why: "Without one, CTF can't tell which row of the table a new row belongs to.",
  todo: "Declare a primary_key in the output; for an upsert, `keys:` will do.",
  bad: { ...SELECT, [DEFINITION]: `kind: upsert\n${unkeyed}` },
  good: { ...SELECT, [DEFINITION]: `kind: upsert\n${keyed}` },
});

export const notAColumn = defineCode({
  code: "CTF121",
  name: "key-not-a-column",
  severity: "error",
  what: "A key of the definition names a column that the output does not have, or one that it can't name.",
  why: "Rows are matched and updated by the output's own columns.",
  todo: "Correct the name, or add the column under columns.",
  bad: { ...SELECT, [DEFINITION]: `kind: upsert\nkeys: [claim]\n${keyed}` },
  good: { ...SELECT, [DEFINITION]: `kind: upsert\nkeys: [claim_id]\n${keyed}` },
});

export const notOneFileSource = defineCode({
  code: "CTF122",
  name: "not-one-file-source",
  severity: "error",
  what: "A load does not have exactly one input that is a source of files.",
  why: "It copies the rows of files into a table; what reads tables is another kind.",
  todo: "Give it one input, `- source: NAME`, whose source has `file:` or `files:`.",
  bad: {
    [DEFINITION]: `kind: load\ninputs:\n  - source: days\n${unkeyed}`,
    "sources/raw.yaml": "sources:\n  - {name: days, table: raw.days}\n",
  },
  good: {
    [DEFINITION]: `kind: load\ninputs:\n  - source: paid_files\n${unkeyed}`,
    "sources/raw.yaml": 'sources:\n  - {name: paid_files, file: "data/paid_*.csv"}\n',
  },
});

export const codes: readonly Code[] = [missingKeys, notAColumn, notOneFileSource];
