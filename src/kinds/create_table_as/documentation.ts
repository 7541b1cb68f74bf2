export const documentation = `Builds a table from one SELECT: the whole table, anew, each time.

The new table is built beside the old one, where nobody can read it. Its columns and types are compared with the
definition, keys, indexes and constraints are made, monitors look at it, and only then does it take the old table's place,
in one short transaction. If anything fails before that, readers keep what they had.

What people set on the table by hand stays: rights, owner, comments, row security, storage. An index, a constraint or a default
that the definition does not name stays too, with a warning that shows the YAML to add; a column that it does not name stops the
run, as its values would be lost.

\`\`\`yaml
# pipelines/enrollment/member_months.yaml, beside member_months.sql
kind: create_table_as
description: One row for each member and month of coverage.
inputs:
  - transform: coverage_spans
  - source: calendar
output:
  table: enrollment.member_months
  columns:
    - {name: member_id, type: bigint, description: Clover's id of the member, phi: true}
    - {name: month, type: date, description: First day of the month}
  primary_key: [member_id, month]
monitors:
  - {row_count: {min: 1}}
\`\`\`

\`\`\`sql
-- pipelines/enrollment/member_months.sql
SELECT s.member_id, m.month
FROM enrollment.coverage_spans s
JOIN reference.calendar m ON m.month <@ s.span
\`\`\`

With \`publish: rows\` the table itself stays, and only the rows that differ are changed in it. It needs a primary key, and
is the way to go where something hangs on the table that a swap can't carry over: triggers, materialized views, foreign keys
from elsewhere, publications for replication. The table's triggers and rules fire then; if one keeps a row away, the run fails
and changes nothing.
`;
