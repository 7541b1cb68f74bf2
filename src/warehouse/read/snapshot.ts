/** Tables read by several sessions as they were at one moment. */
import type { Readable } from "node:stream";
import type pg from "pg";
import type { Span } from "../../diagnostics/diagnostic.ts";
import type { Column, TableName } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { list, literal, qualified } from "../names.ts";
import { copyOut } from "./copy_out.ts";
import { tableColumns, type ValueColumn } from "./value_columns.ts";

export interface Snapshot {
  /** @throws DiagnosticError where the table or a declared column is not there */
  columns(table: TableName, declared: readonly Column[], span: Span): Promise<readonly ValueColumn[]>;
  /** The rows as COPY writes them. It may be destroyed before its end. */
  read(table: TableName, columns: readonly string[], format: "text" | "csv"): Promise<Readable>;
  /** Ends its sessions, whatever they are doing. */
  close(): void;
}

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** How values look must not depend on the server's or the role's settings. */
const AS_TEXT = [
  "SET DateStyle TO 'ISO, YMD'",
  "SET IntervalStyle TO 'iso_8601'",
  "SET bytea_output TO 'hex'",
  "SET extra_float_digits TO 3",
  "SET TimeZone TO 'UTC'",
].map((text) => ({ text }));

/** In the middle of a statement, pg drops the connection instead of saying goodbye. */
const end = (client: pg.Client): void => void client.end().catch(() => {});

/** `another` opens sessions, which end with the work. */
export async function openSnapshot(another: () => Promise<pg.Client>): Promise<Snapshot> {
  // It only holds the snapshot: a reader that is given up takes its session with it.
  const sessions: pg.Client[] = [];
  const session = async (): Promise<pg.Client> => {
    const client = await another();
    sessions.push(client);
    return client;
  };
  const holder = await session();
  await batch(holder, [{ text: BEGIN }]);
  const [row] = await rowsOf(holder, "SELECT pg_catalog.pg_export_snapshot() AS snapshot");
  const snapshot = row?.["snapshot"] as string;
  const idle: pg.Client[] = [];
  const open = async (): Promise<pg.Client> => {
    const reader = await session();
    await batch(reader, AS_TEXT);
    await batch(reader, [{ text: BEGIN }, { text: `SET TRANSACTION SNAPSHOT ${literal(snapshot)}` }]);
    return reader;
  };
  return {
    columns: (table, declared, span) => tableColumns(holder, table, declared, span),
    async read(table, columns, format) {
      const reader = idle.pop() ?? (await open());
      const query = `SELECT ${list(columns)} FROM ${qualified(table)}`;
      const rows = copyOut(reader, `COPY (${query}) TO STDOUT WITH (FORMAT ${format}, ENCODING 'UTF8')`);
      rows.once("close", () => (rows.readableEnded ? idle.push(reader) : end(reader)));
      return rows;
    },
    close: () => sessions.forEach(end),
  };
}
