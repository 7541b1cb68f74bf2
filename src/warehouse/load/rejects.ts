/**
 * The table of rejected rows, beside the output. It is written in a session of its own, so that its rows are there also
 * when the load fails; they hold what the file said, so nobody may read them who may not read the table.
 */
import type pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { FileRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { grant } from "../build/table.ts";
import { literal, qualified } from "../names.ts";
import { readFromFiles } from "../records/transform_run.ts";
import type { Work } from "../work.ts";
import { rejectsTaken } from "./codes.ts";
import { copyRecords } from "./copy.ts";
import type { Fault } from "./words.ts";

export interface Reject extends Fault {
  readonly line: number;
  /** As the file has it. */
  readonly raw: string;
}

/** Written with the load, from its first reject to `keep`. */
export interface Rejects {
  add(file: string, rejects: readonly Reject[]): Promise<void>;
  /** The load begins once more: none of these count. */
  restart(): Promise<void>;
  /** Commits them, and how many rows were read. */
  keep(read: number, rejected: number): Promise<void>;
}

const columns = [
  ["run", "text"],
  ["file", "text"],
  ["line", "bigint"],
  ["column_name", "text"],
  ["reason", "text"],
  ["message", "text"],
  ["raw", "text"],
  ["rejected_at", "timestamp with time zone"],
] as const;

const LONGEST_RAW = 1 << 20;

/** `replacing`: those of earlier loads go. @throws DiagnosticError if the name is taken by something that is no table of rejects */
export async function openRejects(
  work: Work,
  rows: FileRows,
  output: TableOutput,
  replacing: boolean,
): Promise<Rejects> {
  const table = rows.rejects;
  const there = await lookAt(work, table);
  let session: pg.Client | undefined;
  const begin = async (): Promise<pg.Client> => {
    session ??= await work.another();
    await batch(session, [
      { text: "BEGIN" },
      { text: "SET LOCAL synchronous_commit TO DEFAULT" },
      ...(there ? [] : createRejects(table, output)),
      ...(replacing ? [{ text: `DELETE FROM ${qualified(table)}` }] : []),
    ]);
    return session;
  };
  let open = false;
  return {
    async add(file, rejects) {
      if (rejects.length === 0) return;
      const client = open ? session! : await begin();
      open = true;
      const names = columns.slice(0, -1).map(([name]) => name);
      const records = rejects.map((reject) => ({ values: rowOf(work.record.run, file, reject) }));
      await copyRecords(client, `COPY ${qualified(table)} (${names.join(", ")})`, records);
    },
    async restart() {
      if (open) await batch(session!, [{ text: "ROLLBACK" }]);
      open = false;
    },
    async keep(read, rejected) {
      // Also with nothing to write: a column may have been declared PHI since.
      if (!open && !there) return;
      const client = open ? session! : await begin();
      await restrict(client, table, output);
      await batch(client, [readFromFiles(work.record, read, rejected), { text: "COMMIT" }]);
      open = false;
    },
  };
}

async function lookAt(work: Work, table: TableName): Promise<boolean> {
  const found = await rowsOf(
    work.client,
    `SELECT c.relkind::text AS kind, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_catalog.pg_class c
     LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.oid = pg_catalog.to_regclass($1)`,
    [qualified(table)],
  );
  if (found.length === 0) return false;
  const has = new Map(found.map((row) => [row["name"], row["type"]]));
  if (found[0]?.["kind"] === "r" && columns.every(([name, type]) => has.get(name) === type)) return true;
  throw new DiagnosticError([
    rejectsTaken({
      message: `${tableText(table)} is where rejected rows go, and what has that name is no table of rejects`,
      span: work.span,
      hint: `Rename or drop it. A table of rejects has ${columns.map(([name, type]) => `${name} ${type}`).join(", ")}.`,
    }),
  ]);
}

function createRejects(table: TableName, output: TableOutput): readonly Statement[] {
  const body = columns.map(([name, type]) => `${name} ${type}${name === "column_name" ? "" : " NOT NULL"}`).join(", ");
  const about = `Rows of files that could not be loaded into ${tableText(output)}: reason is PostgreSQL's error code, raw what the file says.`;
  return [
    { text: `CREATE TABLE ${qualified(table)} (${body})` },
    { text: `ALTER TABLE ${qualified(table)} ALTER COLUMN rejected_at SET DEFAULT now()` },
    { text: `COMMENT ON TABLE ${qualified(table)} IS ${literal(about)}` },
  ];
}

/** For a run that loads nothing: a column may have been declared PHI since the last one. @throws DiagnosticError as above */
export async function restrictRejects(work: Work, rows: FileRows, output: TableOutput): Promise<void> {
  if (await lookAt(work, rows.rejects)) await restrict(work.client, rows.rejects, output);
}

/** Raw rows hold every column: where one of them is PHI, nobody reads them but the owner. */
const restrict = (client: pg.Client, table: TableName, output: TableOutput): Promise<unknown> =>
  batch(client, restrictTo(table, output));

/** The statements that let read the table who may read the output. */
export function restrictTo(table: TableName, output: TableOutput): readonly Statement[] {
  const readers = output.columns.some(({ phi }) => phi)
    ? []
    : output.grants
        .filter(({ privileges }) => privileges.includes("select"))
        .map(({ role }) => ({ role, privileges: ["select"] }));
  return [
    {
      text: `DO $ctf$ DECLARE r record; BEGIN
        FOR r IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS name
          FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
          WHERE c.oid = pg_catalog.to_regclass(${literal(qualified(table))}) AND a.grantee <> c.relowner
        LOOP EXECUTE ${literal(`REVOKE ALL ON ${qualified(table)} FROM `)} || r.name; END LOOP; END $ctf$`,
    },
    ...grant(table, readers),
  ];
}

function rowOf(run: string, file: string, { line, column, reason, message, raw }: Reject): readonly (string | null)[] {
  const cut = raw.length > LONGEST_RAW;
  const note = cut ? " (the raw text is cut off after 1,048,576 characters)" : "";
  const shown = storable(cut ? `${raw.slice(0, LONGEST_RAW)}…` : raw);
  return [run, file, String(line), column ?? null, reason, message + note, shown];
}

/** PostgreSQL stores no zero byte and no half of a character. */
const storable = (text: string): string => text.replaceAll("\0", "\\x00").toWellFormed();
