/** A table compared with what its SELECT gives now, or with the same table on another target. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../project/types.ts";
import { connect } from "../session/connect.ts";
import { previousOf } from "../publish/previous.ts";
import { compareAcrossServers } from "./across_servers.ts";
import { notComparable } from "./codes.ts";
import { compareInOneDatabase } from "./in_one_database.ts";
import { AS_TEXT, databaseMark, type LookOptions, type Visitor, withSession } from "./session.ts";
import type { RowComparison, RowsOf, ToCompare } from "./types.ts";

/** The table as it is published, and what its SELECT gives at this moment under the settings of a run. Nothing is built. */
export const compareWithQuery = (
  url: string,
  table: TableName,
  query: RowsOf,
  options: LookOptions,
  asked: ToCompare,
): Promise<RowComparison> =>
  withSession(url, { ...options, tables: [table] }, (looking) => compareInOneDatabase(looking, table, query, asked));

export interface Place {
  readonly url: string;
  readonly table: TableName;
  /** With `isolation: role`, where it is a view: people's SQL. */
  readonly visitor?: Visitor;
}

/** One table at two places: on the server where both are in one database, else merged here. */
export async function compareTables(before: Place, now: Place, asked: ToCompare): Promise<RowComparison> {
  const look = ({ visitor }: Place, tables: readonly TableName[]) => ({
    variables: {},
    settings: AS_TEXT,
    tables,
    ...(visitor && { visitor }),
  });
  if ((await markOf(before.url)) === (await markOf(now.url))) {
    return withSession(now.url, look(now, [before.table, now.table]), (looking) =>
      compareInOneDatabase(looking, before.table, { type: "table", table: now.table }, asked),
    );
  }
  return withSession(now.url, look(now, [now.table]), (here) =>
    withSession(before.url, look(before, [before.table]), (there) =>
      compareAcrossServers({ ...there, table: before.table }, { ...here, table: now.table }, asked),
    ),
  );
}

/** What a publish of this table has replaced, and what it holds now. @throws DiagnosticError where nothing is kept */
export async function compareWithPrevious(
  url: string,
  table: TableName,
  whyNot: string,
  asked: ToCompare,
): Promise<RowComparison> {
  return withSession(url, { variables: {}, settings: AS_TEXT, tables: [] }, async (looking) => {
    const previous = await previousOf(looking.client, table);
    if (previous) return compareInOneDatabase(looking, previous, { type: "table", table }, asked);
    throw new DiagnosticError([
      notComparable({ message: `nothing is kept of what ${asked.name} held before it was published`, hint: whyNot }),
    ]);
  });
}

async function markOf(url: string): Promise<string> {
  const client = await connect(url);
  return databaseMark(client).finally(() => client.end());
}
