/** `ctf db fill`: makes what a pipeline reads and nothing here builds, in the embedded server and as files. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import type pg from "pg";
import { type Diagnostic, DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { type Project, type TableName, tableText } from "../../project/types.ts";
import { batch } from "../../warehouse/session/batch.ts";
import { connect } from "../../warehouse/session/connect.ts";
import { speaking } from "../../warehouse/errors.ts";
import { insertStatements } from "../../warehouse/facts/insert.ts";
import { type Declared, readFacts } from "../../warehouse/facts/read.ts";
import { dropSchema, makeTableOf, someKeys, type Standing, standingOf } from "../../warehouse/fill/local_tables.ts";
import { makeCheckedRows } from "../checked_rows.ts";
import { withoutDomains } from "../conditions.ts";
import type { Facts, GivenRow, MadeRows } from "../types.ts";
import { placeFor } from "./file_place.ts";
import type { FileColumn } from "./file_rows.ts";
import { fileBytes } from "./file_text.ts";
import { withJoins } from "./joins.ts";
import { type Wanted, wantedBy, type WantedFiles } from "./wanted.ts";

export interface FillOptions {
  readonly pipeline?: string;
  readonly rows: number;
  readonly seed: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Real rows of tables that are to be filled, without their PHI; what they lack is made. */
  readonly sample?: (facts: Facts, tables: readonly string[]) => Promise<ReadonlyMap<string, readonly GivenRow[]>>;
  /** Hears of each table and file as it is done. */
  readonly tell: (text: string) => void;
}

export interface Filled {
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly files: readonly { readonly path: string; readonly rows: number }[];
  /** What is there already. */
  readonly kept: readonly { readonly name: string; readonly reason: string }[];
  /** What could not be made. */
  readonly others: readonly { readonly name: string; readonly reason: string }[];
}

interface File {
  readonly wanted: WantedFiles;
  readonly path: string;
  readonly shown: string;
  /** A table of the same columns that is there for as long as rows are made. */
  readonly table: Declared;
}

/** `url`: of the embedded server's database. All tables are filled in one transaction, or none is. */
export async function fill(project: Project, url: string, options: FillOptions): Promise<Filled> {
  const wanted = wantedBy(project, options.pipeline);
  const client = await connect(url);
  // Judges rows: its errors must not end the transaction of the other.
  const judge = await connect(url);
  try {
    return await speaking(fillIn(project, wanted, client, judge, options), "the embedded database");
  } finally {
    await Promise.all([client.end(), judge.end()]);
  }
}

async function fillIn(
  project: Project,
  wanted: Wanted,
  client: pg.Client,
  judge: pg.Client,
  options: FillOptions,
): Promise<Filled> {
  const { rows, seed, tell } = options;
  const scratch = `ctf_fill_${randomBytes(6).toString("hex")}`;
  const { files, kept, others } = await filesToWrite(project, wanted, scratch, options);
  await batch(client, [{ text: "BEGIN" }]);
  const standing = await standingOf(
    client,
    wanted.tables.map(({ declared }) => declared),
  );
  const free = wanted.tables.filter(({ text }) => ["missing", "empty"].includes(standing.get(text)!));
  for (const { text, declared } of free) if (standing.get(text) === "missing") await makeTableOf(client, declared);
  for (const { table } of files) await makeTableOf(client, table);
  const facts = await readFacts(client, [
    ...wanted.tables.map(({ declared }) => declared),
    ...files.map(({ table }) => table),
  ]);

  const toFill = new Set([...free.map(({ text }) => text), ...files.map(({ table }) => tableText(table))]);
  const joined = withJoins(facts);
  const given = new Map<string, readonly GivenRow[]>();
  for (const [text, { table }] of facts) {
    if (toFill.has(text)) continue;
    const keys = await existingKeys(client, joined, table, rows);
    if (keys) given.set(text, keys);
    else toFill.add(text); // it is empty, and others refer to it
  }
  const counts = new Map<string, number>([
    ...free.map(({ text, least }) => [text, Math.max(rows, least)] as const),
    ...files.map(({ table, wanted: { least } }) => [tableText(table), Math.max(rows, least)] as const),
  ]);
  const sampled = await options.sample?.(
    joined,
    free.map(({ text }) => text),
  );
  for (const [text, some] of sampled ?? []) {
    given.set(text, some);
    counts.delete(text);
  }
  const made = await naming(
    files,
    makeCheckedRows(judge, joined, given, { seed, counts, until: untilOf(project), nulls: true, fewer: true }),
  );

  const own = new Set(files.map(({ table }) => tableText(table)));
  const tables: { table: string; rows: number }[] = [];
  for (const text of new Set(made.map(({ table }) => tableText(table)))) {
    const its = made.filter(({ table }) => tableText(table) === text);
    if (own.has(text) || !toFill.has(text)) continue;
    await batch(client, insertStatements(its));
    tables.push({ table: text, rows: its.reduce((sum, { rows }) => sum + rows.length, 0) });
  }
  if (files.length > 0) await batch(client, [dropSchema(scratch)]);
  await batch(client, [{ text: "COMMIT" }]);
  for (const { table, rows } of tables) tell(`${table}: ${rows} rows`);
  const written: Filled["files"][number][] = [];
  for (const file of files) written.push(await write(file, facts, made));
  for (const { path, rows } of written) tell(`${path}: ${rows} rows`);
  return {
    tables,
    files: written,
    kept: [
      ...kept,
      ...wanted.tables.filter(({ text }) => !toFill.has(text)).map(({ text }) => keptTable(text, standing)),
    ],
    others,
  };
}

/** The last day of what is made. A project with a date among its variables looks at nothing after it. */
export function untilOf({ variables }: Project): string {
  const dates = variables.flatMap(({ type, default: value }) =>
    type === "date" && value !== undefined ? [value] : [],
  );
  return dates.toSorted()[0] ?? "2024-12-31";
}

const keptTable = (name: string, standing: ReadonlyMap<string, Standing>) => ({
  name,
  reason: standing.get(name) === "rows" ? "has rows already" : "is no table, so it is left as it is",
});

async function filesToWrite(project: Project, { files, others }: Wanted, scratch: string, { env }: FillOptions) {
  const toWrite: File[] = [];
  const kept: { name: string; reason: string }[] = [];
  const impossible = [...others];
  for (const wanted of files) {
    const { source, declared } = wanted;
    const place = await placeFor(source.patterns, project.root, env);
    if ("found" in place) {
      kept.push({
        name: source.sourceName,
        reason: place.found === 1 ? "has a file already" : `has ${place.found} files already`,
      });
      continue;
    }
    const reason = "reason" in place ? place.reason : unwritable(wanted, place.path);
    if (reason !== undefined || "reason" in place) {
      impossible.push({ name: source.sourceName, reason: reason! });
      continue;
    }
    const taken = toWrite.some(({ table }) => table.name === declared.name);
    const name = taken ? `${declared.schema}_${declared.name}` : declared.name;
    toWrite.push({ wanted, ...place, table: { ...declared, schema: scratch, name } });
  }
  return { files: toWrite, kept, others: impossible };
}

function unwritable({ source: { format } }: WantedFiles, path: string): string | undefined {
  if (format.type === "raw") return "only its python transform knows what is in its files";
  return path.endsWith(".zst") ? "CTF reads .zst, but does not write it; put a file there" : undefined;
}

/** What rows of other tables can refer to here; undefined where there is nothing. */
async function existingKeys(client: pg.Client, facts: Facts, table: TableName, limit: number) {
  const text = tableText(table);
  const references = [...facts.values()].flatMap(({ foreignKeys }) =>
    foreignKeys.flatMap((key) => (tableText(key.references) === text ? key.references.columns : [])),
  );
  const columns = [...new Set(references)];
  if (columns.length === 0) return [];
  const keys = await someKeys(client, table, columns, limit);
  return keys.length > 0 ? keys : undefined;
}

/** Tables that stand for files are called by their source's name. */
async function naming<T>(files: readonly File[], work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const named = (diagnostic: Diagnostic): Diagnostic => ({
      ...diagnostic,
      message: files.reduce(
        (text, { table, wanted }) => text.replace(`${tableText(table)}:`, `source ${wanted.source.sourceName}:`),
        diagnostic.message,
      ),
    });
    throw new DiagnosticError(error.diagnostics.map(named));
  }
}

async function write({ wanted, path, shown, table }: File, facts: Facts, made: readonly MadeRows[]) {
  const { columns } = facts.get(tableText(table))!;
  const brought = columns.filter(({ name }) => wanted.headers.has(name));
  const fileColumns = brought.map(({ name, of }): FileColumn => {
    const type = withoutDomains(of);
    const base = type.is === "base" ? type.name : "";
    return {
      header: wanted.headers.get(name)!,
      isNumber: /^(int[248]|numeric|float[48])$/.test(base),
      isBoolean: base === "bool",
      isJson: base === "json" || base === "jsonb",
    };
  });
  const rows = made
    .filter((group) => tableText(group.table) === tableText(table))
    .flatMap((group) => {
      const at = brought.map(({ name }) => group.columns.indexOf(name));
      return group.rows.map((row) => at.map((i) => (i < 0 ? null : row[i]!)));
    });
  const bytes = await fileBytes(wanted.source.format, fileColumns, rows);
  mkdirSync(dirname(path), { recursive: true });
  // Never over a file that has come in the meantime.
  writeFileSync(path, path.endsWith(".gz") ? gzipSync(bytes) : bytes, { flag: "wx" });
  return { path: shown, rows: rows.length };
}
