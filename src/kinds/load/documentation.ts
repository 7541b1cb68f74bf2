export const documentation = `Loads the rows of files into a table: CSV and TSV, JSON lines, fixed-width, Parquet; on disk or on S3; packed with
gzip or zstd.

Where the files are and how they are written is said by the source; which columns they have, and of which types, by the
output. Columns are found by their names, in whatever order the files have them.

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
max_rejects: 10
\`\`\`

**A bad row never stops a load, and never vanishes.** It goes to \`<table>_rejects\` with its file, line, column, reason
(PostgreSQL's error code), what is wrong in words, and the row as the file has it. Bad are rows with too few or too many
values, values that are not of their column's type, NULLs where none may be, rows that break a declared check, and rows
whose key came before. After all is read, \`max_rejects\` decides: with more of them the load fails with nothing published;
without it, one is too many. Rows read = rows loaded + rows rejected, and the run tells all three.

Rejects of a load that replaces are those of its last run; \`append\` adds to them. Who may select from the table may select
from its rejects; if any column is marked \`phi: true\`, only their owner may.

**Modes.** \`replace\` builds the whole table anew, verified and monitored before it is published, like create_table_as.
\`append\` adds the files that it has not loaded yet: \`ctf.loaded_file\` remembers each by path and checksum, in the same
transaction as its rows, so that nothing is loaded twice; a file that changed since is an error. \`upsert\` inserts or updates
by key, as the kind upsert does.

**classify** turns what a path says into columns: named groups of a regular expression, and values under \`set\`.

\`\`\`yaml
mode: append
classify:
  - {match: 'elig_(?<period>\\d{6})\\.txt', set: {kind: full}}
  - {match: 'elig_delta_(?<period>\\d{6})\\.txt', set: {kind: delta}}
\`\`\`

A column with a \`default\` or \`identity\` may be missing in a file with a header; JSON lines never bring it.
`;
