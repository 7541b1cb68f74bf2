/** The steps of a swap that move tables: the old one out of its schema, the built one in. */
import type { TableName, TableOutput } from "../../project/types.ts";
import { buildSchema, oldSchema, type Build } from "../build/build.ts";
import { identifier, list, qualified } from "../names.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import type { Work } from "../work.ts";
import type { Relation } from "./relation.ts";

/** Who may read the old table at this moment may read the new one: a transform whose statement waits for this publish. */
export const stillRead = (output: TableName, old: Relation | undefined): readonly Statement[] =>
  old && old.guests.length > 0 ? [{ text: `GRANT SELECT ON ${qualified(output)} TO ${list(old.guests)}` }] : [];

/** Old out, new in, each with its extended statistics, which live in the schema by themselves. */
export async function moves(
  work: Work,
  output: TableOutput,
  build: Build,
  old: Relation | undefined,
): Promise<{ readonly out: readonly Statement[]; readonly inside: readonly Statement[] }> {
  const built = { schema: buildSchema(build.number), name: output.name };
  const aside = oldSchema(build.number);
  // What the built table has is declared, or carried over from the old one.
  const none = output.statistics.length === 0 && !old?.hasStatistics;
  const statistics = none
    ? []
    : await rowsOf(
        work.client,
        `SELECT s.stxname AS name, n.nspname AS schema, s.stxrelid::bigint AS relation
     FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
     WHERE s.stxrelid = $1::bigint::oid OR s.stxrelid = pg_catalog.to_regclass($2)`,
        [old?.oid ?? 0, qualified(built)],
      );
  const move = (row: (typeof statistics)[number], to: string): Statement => ({
    text: `ALTER STATISTICS ${qualified({ schema: row["schema"] as string, name: row["name"] as string })} SET SCHEMA ${identifier(to)}`,
  });
  const ofOld = statistics.filter((row) => row["relation"] === old?.oid);
  const ofNew = statistics.filter((row) => row["relation"] !== old?.oid);
  return {
    out: old
      ? [
          { text: `CREATE SCHEMA IF NOT EXISTS ${identifier(aside)}` },
          { text: `ALTER TABLE ${qualified(output)} SET SCHEMA ${identifier(aside)}` },
          ...ofOld.map((row) => move(row, aside)),
        ]
      : [],
    inside: [
      { text: `ALTER TABLE ${qualified(built)} SET SCHEMA ${identifier(output.schema)}` },
      // Somebody's own may stand in another schema than the table.
      ...ofNew.map((row) =>
        move(row, (ofOld.find(({ name }) => name === row["name"])?.["schema"] ?? output.schema) as string),
      ),
    ],
  };
}
