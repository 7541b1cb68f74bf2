import type { Client } from "pg";
import type { TableName } from "../../project/types.ts";
import { readColumns } from "./columns.ts";
import { readConstraints } from "./constraints.ts";
import { readGrants } from "./grants.ts";
import { readIndexes } from "./indexes.ts";
import { findRelations } from "./relations.ts";
import { readStatistics } from "./statistics.ts";
import type { LiveTable } from "./types.ts";

/** A live table or view with all that is declared on it, or nothing where it does not exist. */
export async function readTable(client: Client, name: TableName): Promise<LiveTable | undefined> {
  const [relation] = await findRelations(client, [name]);
  if (!relation) return undefined;
  const tables = [relation.oid];
  return {
    relation,
    columns: await readColumns(client, tables),
    constraints: await readConstraints(client, tables),
    indexes: await readIndexes(client, tables),
    statistics: await readStatistics(client, tables),
    grants: await readGrants(client, tables),
  };
}
