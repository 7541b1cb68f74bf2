/** ctf.loaded_file: which files were appended to an output. */
import { tableText, type TableName } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import type { LoadedFile } from "../load/file.ts";
import type { Work } from "../work.ts";

export interface KnownFile {
  readonly checksum: string;
  readonly size: number;
}

/** By path. */
export async function knownFiles(work: Work, output: TableName): Promise<ReadonlyMap<string, KnownFile>> {
  const rows = await rowsOf(work.client, "SELECT path, checksum, size FROM ctf.loaded_file WHERE output = $1", [
    tableText(output),
  ]);
  return new Map(
    rows.map((row) => [row["path"] as string, { checksum: row["checksum"] as string, size: row["size"] as number }]),
  );
}

/** In the transaction that publishes their rows: so a file is here if and only if its rows are there. */
export const appended = (work: Work, output: TableName, files: readonly LoadedFile[]): Statement => ({
  text: `INSERT INTO ctf.loaded_file (output, path, checksum, size, row_count, rejected, run)
         SELECT $1, f.path, f.checksum, f.size, f.rows, f.rejected, $2
         FROM pg_catalog.jsonb_to_recordset($3::jsonb) AS f (path text, checksum text, size bigint, rows bigint, rejected bigint)`,
  values: [tableText(output), work.record.run, JSON.stringify(files)],
});

/** All of them where the table is made anew; `only` these where they were loaded once more. */
export const forgetFiles = (output: TableName, only?: readonly LoadedFile[]): Statement => ({
  text: "DELETE FROM ctf.loaded_file WHERE output = $1 AND ($2::text[] IS NULL OR path = ANY ($2))",
  values: [tableText(output), only?.map(({ path }) => path) ?? null],
});
