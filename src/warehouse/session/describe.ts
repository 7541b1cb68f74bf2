import type { Client, Connection, Submittable } from "pg";
import { serialize } from "pg-protocol";

export interface DescribedColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typmod: number;
  /** The table column that this one passes on as it is, as PostgreSQL saw through joins, subqueries and WITH. */
  readonly origin?: { readonly table: number; readonly column: number };
}

interface Field {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** The columns that a statement would return, asked of the server without running it (Parse, Describe, Sync). */
export function describe(client: Client, sql: string): Promise<readonly DescribedColumn[]> {
  return new Promise((resolve, reject) => {
    let columns: readonly DescribedColumn[] = [];
    const statement = {
      submit(connection: Connection): void {
        connection.parse({ name: "", text: sql, types: [] }, true);
        connection.describe({ type: "S", name: "" }, true);
        connection.sync();
      },
      handleRowDescription(message: { readonly fields: readonly Field[] }): void {
        columns = message.fields.map(described);
      },
      handleError: reject,
      handleReadyForQuery: () => resolve(columns),
    };
    client.query(statement as unknown as Submittable);
  });
}

/** What `describeAndExplain` was told: `columns` is missing where the query can't be read, `plan` where it can't be planned. */
export interface Explained {
  readonly columns?: readonly DescribedColumn[];
  /** EXPLAIN's, as JSON. */
  readonly plan?: string;
  readonly error?: unknown;
}

export const EXPLAIN = "EXPLAIN (FORMAT JSON) ";

/** The columns that a SELECT would return and its plan, in one round trip. */
export function describeAndExplain(client: Client, sql: string): Promise<Explained> {
  return new Promise((resolve) => {
    let columns: readonly DescribedColumn[] | undefined;
    let plan = "";
    const statements = {
      submit({ stream }: { readonly stream: { write(bytes: Buffer): void } }): null {
        const ask = [serialize.parse({ text: sql }), serialize.describe({ type: "S" })];
        const explain = [serialize.parse({ text: EXPLAIN + sql }), serialize.bind(), serialize.describe({ type: "P" })];
        stream.write(Buffer.concat([...ask, ...explain, serialize.execute({}), serialize.sync()]));
        return null;
      },
      // Of the query first, then of what EXPLAIN gives.
      handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
        columns ??= fields.map(described);
      },
      handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
        plan += fields[0] ?? "";
      },
      handleCommandComplete(): void {},
      handleError: (error: unknown) => resolve(columns ? { columns, error } : { error }),
      handleReadyForQuery: () => resolve(columns ? { columns, plan } : { plan }),
    };
    client.query(statements as unknown as Submittable);
  });
}

const described = (field: Field): DescribedColumn => ({
  name: field.name,
  typeOid: field.dataTypeID,
  typmod: field.dataTypeModifier,
  ...(field.tableID === 0 ? {} : { origin: { table: field.tableID, column: field.columnID } }),
});

/** Type names as PostgreSQL writes them, `numeric(12,2)`, in the columns' order. */
export async function typeNames(client: Client, columns: readonly DescribedColumn[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ type: string }>(
    `SELECT pg_catalog.format_type(oid, typmod) AS type
       FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[]))
            WITH ORDINALITY AS t (oid, typmod, place)
      ORDER BY place`,
    [columns.map((c) => c.typeOid), columns.map((c) => c.typmod)],
  );
  return rows.map((row) => row.type);
}
