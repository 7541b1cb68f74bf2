/** A database of its own on the project's scratch server: for asking PostgreSQL what SQL would give, without any data. */
import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import type { Column, Project, TableName } from "../../project/types.ts";
import { batch, type Statement } from "../session/batch.ts";
import { createEmpty } from "../build/table.ts";
import { connect } from "../session/connect.ts";
import { ensureServer, serverStatus } from "../embedded/server.ts";
import { identifier } from "../names.ts";

/** Makes a database, hands over a connection to it, and drops it again whatever happens. `notice` gets what takes time. */
export async function withScratchDatabase<T>(
  project: Pick<Project, "root" | "postgres">,
  variables: Readonly<Record<string, string>>,
  notice: (text: string) => void,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const scratch = { root: project.root, role: "scratch", major: project.postgres } as const;
  if (serverStatus(scratch).state !== "running")
    notice("Starting a scratch PostgreSQL, to ask it for columns and types …");
  const server = await ensureServer(scratch, notice);
  const name = `ctf_${process.pid}_${randomBytes(4).toString("hex")}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const admin = await connect(server.url);
  try {
    await admin.query(`CREATE DATABASE ${identifier(name)} TEMPLATE template0 STRATEGY file_copy`);
    try {
      const client = await connect(url.href, { variables });
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    } finally {
      await admin.query(`DROP DATABASE ${identifier(name)} WITH (FORCE)`);
    }
  } finally {
    await admin.end();
  }
}

export interface EmptyTable extends TableName {
  readonly columns: readonly Column[];
}

/** Creates tables without rows or rules, and the schemas of all the names. @throws BatchError */
export async function createEmptyTables(
  client: Client,
  tables: readonly EmptyTable[],
  schemas: readonly string[],
): Promise<void> {
  const all = new Set([...tables.map((table) => table.schema), ...schemas]);
  await batch(client, [
    ...[...all].map((schema): Statement => ({ text: `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}` })),
    ...tables.map((table) => createEmpty(table, table.columns.map(bare))),
  ]);
}

const bare = ({ name, type }: Column): Column => ({ name, type, phi: false, notNull: false });
