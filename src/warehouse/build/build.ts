/**
 * A build: a whole table in a closed schema of its own, where nobody else has USAGE, under its final name. So nothing
 * half-built or unmonitored is readable, and indexes, constraints and sequences have their final names from the start.
 */
import type pg from "pg";
import type { TableName } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { identifier, qualified } from "../names.ts";
import type { SetOnColumns } from "../publish/around/columns.ts";
import type { Relation } from "../publish/relation.ts";
import type { OlderTransaction } from "../publish/snapshots.ts";
import type { Flattened } from "../flatten/tally.ts";
import type { Loaded } from "../load/load.ts";
import type { RowCounts } from "../outcome.ts";
import type { ClosedSchemas, Work } from "../work.ts";

export const buildSchema = (number: number): string => `ctf_build_${number}`;
export const oldSchema = (number: number): string => `ctf_old_${number}`;

/** What publishing must know of a build; it stays with the closed schema as its comment, for `--resume`. */
export interface Build {
  readonly number: number;
  /** A table to be published, or rows to be merged into one. */
  readonly purpose: "publish" | "merge";
  /** The transaction that made the rows: snapshots older than it see the table empty. */
  readonly transaction: string;
  readonly rows: number;
  /** Names of the indexes, constraints and statistics that CTF made. */
  readonly made: readonly string[];
  /** What stands on its columns before anything was carried over. */
  readonly setOnColumns?: SetOnColumns;
  /** Foreign keys made by hand on the old table, carried over. */
  readonly foreignKeys: readonly { readonly name: string; readonly definition: string }[];
  /** The old table's state when what is on it was carried over; when it has another at the publish, that is done again. */
  readonly oldState: string | null;
  /** The publishes of other tables that the foreign keys were verified against. */
  readonly othersPublished: string;
  /** From files: what was read and rejected, and of which files. */
  readonly loaded?: Loaded;
  /** From documents: what came of their leaves. */
  readonly flattened?: Flattened;
  /** Transactions with an older snapshot when it was committed; not remembered. */
  readonly older?: readonly OlderTransaction[];
  /** What stood in the output's place when it was built, if anything did; not remembered. */
  readonly old?: { readonly relation: Relation | undefined };
}

/** How many rows of files or leaves of documents were read for it, and how many of them are none of its rows. */
export const countsOf = ({ loaded, flattened }: Build): Pick<RowCounts, "read" | "rejected" | "ignored"> =>
  loaded ? { read: loaded.read, rejected: loaded.rejected } : (flattened ?? {});

export const rememberBuild = (build: Build): Statement => ({
  text: `COMMENT ON SCHEMA ${identifier(buildSchema(build.number))} IS '${JSON.stringify(build).replaceAll("'", "''")}'`,
});

/** A build that an earlier run left, if its closed schema is still whole. */
export async function recallBuild(client: pg.Client, schema: string): Promise<Build | undefined> {
  const rows = await rowsOf(
    client,
    `SELECT pg_catalog.obj_description(n.oid, 'pg_namespace') AS build FROM pg_catalog.pg_namespace n WHERE n.nspname = $1`,
    [schema],
  );
  const text = rows[0]?.["build"] as string | null | undefined;
  return text ? (JSON.parse(text) as Build) : undefined;
}

/** The session's closed schemas, if it has them, or new ones. */
export const buildNumber = async (work: Work): Promise<number> => work.closed.number ?? nextBuildNumber(work.client);

/** The statements that make a closed schema where the session has none yet; closed also where default privileges would open it. */
export const closedSchema = ({ closed }: Work, number: number): readonly Statement[] => {
  if (closed.number === number) return [];
  const schema = buildSchema(number);
  return [
    { text: `CREATE SCHEMA ${schema}` },
    {
      text: `DO $ctf$ DECLARE r record; BEGIN
        FOR r IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS name
          FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a WHERE n.nspname = '${schema}' AND a.grantee <> n.nspowner
        LOOP EXECUTE 'REVOKE ALL ON SCHEMA ${schema} FROM ' || r.name; END LOOP; END $ctf$`,
    },
  ];
};

/** Not another run's, which drops its schemas. */
export const isOwn = ({ closed }: Work, number: number): boolean =>
  closed.number === undefined || closed.number === number;

/** After a publish or a merge: a table that is left goes. The schemas stay with the session, unless they were another run's. */
export async function leave(work: Work, number: number, left: TableName | undefined): Promise<void> {
  const { client, closed } = work;
  if (left) await batch(client, [{ text: `DROP TABLE ${qualified(left)}` }]);
  if (isOwn(work, number)) closed.number = number;
  else await dropClosed(client, { number });
}

/** They are dropped. */
export function forgetSchemas({ closed }: Work): void {
  delete closed.number;
  delete closed.guest;
}

export async function dropClosed(client: pg.Client, { number }: ClosedSchemas): Promise<void> {
  if (number === undefined) return;
  await batch(client, [{ text: `DROP SCHEMA IF EXISTS ${oldSchema(number)}, ${buildSchema(number)}` }]);
}

export async function nextBuildNumber(client: pg.Client): Promise<number> {
  const rows = await rowsOf(client, "SELECT pg_catalog.nextval('ctf.build_number') AS number");
  return rows[0]?.["number"] as number;
}
