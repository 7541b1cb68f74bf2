export const documentation = `Copies the rows of local CSV or TSV files into a table, with PostgreSQL's own COPY.

Where the files are and how they are written is said by the source; which columns they have, and of which types, by the
output. Columns are found by the header's names, in whatever order the files have them. Everything else is as with
create_table_as: built beside the old table, verified, monitored, then put in its place.

\`\`\`yaml
# sources/claims.yaml
sources:
  - name: claim_files
    file: "data/claims_*.csv.gz"
\`\`\`

\`\`\`yaml
# pipelines/claims/claims_raw.yaml
kind: load
description: Claims as they come from the clearing house.
inputs:
  - source: claim_files
output:
  table: claims.claims_raw
  columns:
    - {name: claim_id, type: bigint}
    - {name: paid_on, type: date}
    - {name: amount, type: "numeric(12,2)"}
rename: {Claim ID: claim_id, "Paid Date": paid_on}
\`\`\`
`;
