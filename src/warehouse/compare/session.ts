/** A session that only looks. */
import type { Client } from "pg";
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../project/types.ts";
import { batch } from "../session/batch.ts";
import { connect } from "../session/connect.ts";
import { problem, sqlstate, type Origin } from "../errors.ts";
import { refusal } from "../isolation/refusals.ts";
import type { Visit } from "../isolation/visit.ts";

export interface LookOptions {
  readonly variables: Readonly<Record<string, string>>;
  /** Of PostgreSQL. */
  readonly settings: Readonly<Record<string, string>>;
  /** With `isolation: role`, where what a person wrote is run. */
  readonly visitor?: Visitor;
}

/** Whose SQL it is that a guest runs. */
export interface Visitor {
  /** The definition. */
  readonly file: string;
  readonly span: Span;
  /** What the definition declares to read. */
  readonly reads: readonly TableName[];
  readonly howToDeclare: (table: TableName) => string | undefined;
}

export interface Looking {
  readonly client: Client;
  /** The session is a guest's. */
  readonly visit?: Visit & { readonly by: Visitor };
}

/** How values look on any server, whatever its own settings and the role's are. */
export const AS_TEXT: Readonly<Record<string, string>> = {
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "iso_8601",
  bytea_output: "hex",
  extra_float_digits: "1",
  xmloption: "content",
};

/** Everything in it is of one moment, and nothing can be written. `tables`: what is compared, which a visitor may read too. */
export async function withSession<T>(
  url: string,
  options: LookOptions & { readonly tables: readonly TableName[] },
  work: (looking: Looking) => Promise<T>,
): Promise<T> {
  const { variables, settings, visitor, tables } = options;
  const look = async (looking: Looking) => {
    await batch(looking.client, [
      { text: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" },
      ...Object.entries(settings).map(([name, value]) => ({
        text: "SELECT pg_catalog.set_config($1, $2, true)",
        values: [name, value],
      })),
    ]);
    return work(looking);
  };
  if (visitor) {
    const { withVisit } = await import("../isolation/visit.ts");
    return withVisit(url, { variables, reads: [...visitor.reads, ...tables] }, (visit) =>
      look({ client: visit.guest.client, visit: { ...visit, by: visitor } }),
    );
  }
  const client = await connect(url, { variables });
  try {
    return await look({ client });
  } finally {
    await client.end();
  }
}

/** What the server has against it; of what it refused to a visitor, which table that is. Errors of others are thrown on. */
export async function inWords({ visit }: Looking, error: unknown, origin: Origin): Promise<DiagnosticError> {
  if (!visit || sqlstate(error) !== "42501") return new DiagnosticError([problem(error, origin)]);
  const { by, guest, host } = visit;
  return refusal({ ...by, client: host, planned: by, guest }, error, origin);
}

/** The same for two sessions if they are in the same database. */
export async function databaseMark(client: Client): Promise<string> {
  const [result] = await batch(client, [
    {
      text: `SELECT pg_catalog.concat_ws(' ', pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()), d.oid, d.datname) AS mark
               FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`,
    },
  ]);
  return result!.rows[0]!["mark"] as string;
}
