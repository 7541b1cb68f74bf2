/** A table compared with what its SELECT gives now, or with the same table on another target. */
import type { TableName } from "../../project/types.ts";
import { compareAcrossServers } from "./across_servers.ts";
import { compareInOneDatabase } from "./in_one_database.ts";
import { AS_TEXT, databaseMark, type LookOptions, withSession } from "./session.ts";
import type { RowComparison, RowsOf, ToCompare } from "./types.ts";

/** The table as it is published, and what its SELECT gives at this moment under the settings of a run. Nothing is built. */
export const compareWithQuery = (
  url: string,
  table: TableName,
  query: RowsOf,
  options: LookOptions,
  asked: ToCompare,
): Promise<RowComparison> => withSession(url, options, (client) => compareInOneDatabase(client, table, query, asked));

export interface Place {
  readonly url: string;
  readonly table: TableName;
}

/** One table at two places: on the server where both are in one database, else merged here. */
export function compareTables(before: Place, now: Place, asked: ToCompare): Promise<RowComparison> {
  const look: LookOptions = { variables: {}, settings: AS_TEXT };
  return withSession(now.url, look, (client) =>
    withSession(before.url, look, async (other) => {
      if ((await databaseMark(client)) === (await databaseMark(other))) {
        return compareInOneDatabase(client, before.table, { type: "table", table: now.table }, asked);
      }
      return compareAcrossServers({ client: other, table: before.table }, { client, table: now.table }, asked);
    }),
  );
}
