/**
 * Queries planned and not run, many in one round trip: Parse, Describe and Bind of each (binding makes PostgreSQL plan),
 * and no Execute. The first that fails makes the server skip the rest, so the caller goes on behind it.
 */
import type pg from "pg";
import { serialize } from "pg-protocol";
import type { DescribedColumn } from "../session/describe.ts";

/** What came of a list of queries: the columns of those before the first failure, and that failure. */
export interface PlannedQueries {
  readonly columns: readonly (readonly DescribedColumn[])[];
  readonly failure?: unknown;
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

interface Wire {
  readonly stream: { write(bytes: Buffer): void };
  on(event: "bindComplete", listener: () => void): void;
  off(event: "bindComplete", listener: () => void): void;
}

/** `settings` hold for these queries only; `failure` is the server's error for the query behind the last of `columns`. */
export function planQueries(
  client: pg.Client,
  settings: Readonly<Record<string, string>>,
  queries: readonly string[],
): Promise<PlannedQueries> {
  const set = Object.entries(settings);
  return new Promise((resolve, reject) => {
    const described: (readonly DescribedColumn[])[] = [];
    let fields: readonly DescribedColumn[] = [];
    let bound = 0;
    let connection: Wire | undefined;
    const onBound = () => {
      if (++bound > set.length) described.push(fields);
    };
    const statement = {
      submit(wire: Wire): null {
        connection = wire;
        wire.on("bindComplete", onBound);
        const messages = set.flatMap((values) => [
          serialize.parse({ text: "SELECT pg_catalog.set_config($1, $2, true)" }),
          serialize.bind({ values }),
          serialize.execute({}),
        ]);
        for (const text of queries) {
          // What the server has to say of one does not wait for the next: it may be a long time with that.
          messages.push(
            serialize.parse({ text }),
            serialize.describe({ type: "S" }),
            serialize.bind({}),
            serialize.flush(),
          );
        }
        wire.stream.write(Buffer.concat([...messages, serialize.sync()]));
        return null;
      },
      handleRowDescription(message: { readonly fields: readonly Field[] }): void {
        fields = message.fields.map(({ name, dataTypeID: typeOid, dataTypeModifier: typmod }) => ({
          name,
          typeOid,
          typmod,
        }));
      },
      handleDataRow(): void {},
      handleCommandComplete(): void {},
      handleError(failure: unknown): void {
        connection?.off("bindComplete", onBound);
        if (bound < set.length) reject(failure);
        else resolve({ columns: described, failure });
      },
      handleReadyForQuery(): void {
        connection?.off("bindComplete", onBound);
        resolve({ columns: described });
      },
    };
    client.query(statement as unknown as pg.Submittable);
  });
}
