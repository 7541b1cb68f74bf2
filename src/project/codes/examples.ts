/** Small projects that the examples of codes are made from. */

export const DEFINITION = "pipelines/claims/paid.yaml";
const SQL = { "pipelines/claims/paid.sql": "SELECT 1::bigint AS claim_id\n" };

/** A definition that has nothing wrong, with its middle replaced. */
export const paid = (body: string, head = "kind: create_table_as\n"): Readonly<Record<string, string>> => ({
  ...SQL,
  [DEFINITION]: `${head}${body}`,
});

export const output = `output:
  table: claims.paid
  columns:
    - {name: claim_id, type: bigint}
`;
export const good = paid(output);
