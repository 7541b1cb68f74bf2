/** ctf.output: what CTF made, output by output. */
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import type { Build } from "../build/build.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";
import type { SetOnColumns } from "./around/columns.ts";

/** Proof, for `ctf prune` and for the next swap, of what CTF made. */
export const recordOutput = (
  work: Work,
  output: TableName,
  { made, setOnColumns }: Pick<Build, "made" | "setOnColumns">,
): Statement => ({
  text: `INSERT INTO ctf.output (name, transform, relation, made, set_on_columns, published_by)
         VALUES ($1, $2, pg_catalog.to_regclass($3)::pg_catalog.oid, $4, $6::jsonb, $5)
         ON CONFLICT (name) DO UPDATE SET transform = excluded.transform, relation = excluded.relation,
           made = excluded.made, set_on_columns = excluded.set_on_columns, published_by = excluded.published_by, published_at = excluded.published_at`,
  values: [
    tableText(output),
    work.planned.id,
    qualified(output),
    made,
    work.record.run,
    setOnColumns ? JSON.stringify(setOnColumns) : null,
  ],
});

/** What CTF made on the table up to now. Columns that were declared since, and added by hand as CTF asked for it, are its own. */
export async function madeBefore(work: Work, output: TableOutput): Promise<Pick<Build, "made" | "setOnColumns">> {
  const [row] = await rowsOf(
    work.client,
    "SELECT pg_catalog.to_jsonb(made) AS made, set_on_columns AS set FROM ctf.output WHERE name = $1",
    [tableText(output)],
  );
  const made = (row?.["made"] ?? []) as readonly string[];
  const set = row?.["set"] as SetOnColumns | null | undefined;
  if (!set) return { made };
  return { made, setOnColumns: { ...Object.fromEntries(output.columns.map(({ name }) => [name, []])), ...set } };
}
