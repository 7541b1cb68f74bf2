export const documentation = `Merges the rows of one SELECT into a table by key: new keys are inserted, known ones updated.

Only rows that really differ are touched (json is compared as text, and 1.50 is 1.5), so that an unchanged row costs nothing
and its time of change stays true. The run tells how many were inserted, updated, unchanged and deleted. A key that comes
twice in the SELECT, or is null, is an error that changes nothing. The first run makes the table.

\`\`\`yaml
# pipelines/enrollment/current_coverage.yaml, beside current_coverage.sql
kind: upsert
description: The plan that each member has now.
inputs:
  - transform: coverage_spans
output:
  table: enrollment.current_coverage
  columns:
    - {name: member_id, type: bigint}
    - {name: plan, type: text}
    - {name: since, type: date}
  primary_key: [member_id]
delete_missing: true
\`\`\`

It may read its own table, to build on earlier rows: it then names itself among its inputs.
`;
