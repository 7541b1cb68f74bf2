/** What a rehearsal built takes the place of what the output held, so that whoever reads it next in the same test sees it. */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { identifier, list, qualified } from "../names.ts";

/** Within the rehearsal's transaction. */
export async function settleBuilt(client: pg.Client, built: TableName, output: TableName): Promise<void> {
  const columns = await rowsOf(
    client,
    `SELECT a.attname AS name FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND pg_catalog.to_regclass($2) IS NOT NULL ORDER BY a.attnum`,
    [qualified(built), qualified(output)],
  );
  const [from, to] = [qualified(built), qualified(output)];
  if (columns.length === 0) {
    await batch(client, [{ text: `ALTER TABLE ${from} SET SCHEMA ${identifier(output.schema)}` }]);
    return;
  }
  const names = list(columns.map(({ name }) => name as string));
  await batch(client, [
    { text: `DELETE FROM ${to}` },
    { text: `INSERT INTO ${to} (${names}) OVERRIDING SYSTEM VALUE SELECT ${names} FROM ${from}` },
    { text: `DROP TABLE ${from}` },
  ]);
}
