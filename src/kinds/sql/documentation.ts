export const documentation = `Runs the statements of a file as they are: for views, functions, and whatever no other kind does.

All of them run in one transaction, unless \`transaction: none\` says otherwise. An error points at its own line of the file.
What the statements make is declared under \`output:\`, or as a list under \`outputs:\` (an empty list if they make
nothing), and CTF verifies that it is there afterwards. Sequences that they create need no declaration: they are the
transform's own, for its own tables.

\`\`\`yaml
# pipelines/claims/reporting.yaml, beside reporting.sql
kind: sql
description: What the reporting tools read.
inputs:
  - transform: paid_claims
outputs:
  - view: reporting.paid_claims
    description: Paid claims without what identifies a member.
  - function: reporting.fiscal_year
    arguments: [date]
\`\`\`

\`\`\`sql
-- pipelines/claims/reporting.sql
CREATE OR REPLACE VIEW reporting.paid_claims AS SELECT claim_id, paid_on, amount FROM claims.paid_claims;
CREATE OR REPLACE FUNCTION reporting.fiscal_year(day date) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN extract(year FROM day + interval '3 months');
\`\`\`

The statements must be able to run again: \`CREATE OR REPLACE\`, \`IF NOT EXISTS\`. CTF can't build their tables beside the
old ones, so prefer create_table_as or upsert for tables.
`;
