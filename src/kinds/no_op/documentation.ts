export const documentation = `Stands for an output that something else makes: an old job, another team, a tool.

A run changes nothing. It verifies that the table or view exists with the declared columns, and runs the monitors, so that
those who read it wait for it and learn early when it is not as promised.

\`\`\`yaml
# pipelines/claims/eligibility.yaml
kind: no_op
description: Loaded by the vendor every night.
output:
  table: vendor.eligibility
  columns:
    - {name: member_id, type: bigint}
    - {name: eligible_from, type: date}
monitors:
  - {row_count: {min: 1}}
\`\`\`

What belongs to no pipeline, and needs no verifying, is a source instead.
`;
