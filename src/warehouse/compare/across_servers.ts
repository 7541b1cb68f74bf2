/**
 * Each side on a server of its own: both send their keys in one order, with a hash of each value, and are merged here. So
 * nothing but hashes leaves a server, and memory stays the same whatever the tables' size.
 */
import type { Client } from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { problem } from "../errors.ts";
import { identifier, literal, qualified } from "../names.ts";
import { copyOut } from "../read/copy_out.ts";
import { canonical, columnsOf, pairColumns, type SharedColumn, type SideColumn } from "./columns.ts";
import { duplicates, keyColumns } from "./keys.ts";
import { type DifferingRow, type RowComparison, SHOWN, type ToCompare } from "./types.ts";

export interface Server {
  readonly client: Client;
  readonly table: TableName;
}

/** @throws DiagnosticError: a side that is not there, a key that tells nothing apart */
export async function compareAcrossServers(before: Server, now: Server, asked: ToCompare): Promise<RowComparison> {
  const { key, columns, name, showData } = asked;
  const speaking = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw error instanceof DiagnosticError ? error : new DiagnosticError([problem(error, { table: name })]);
    });
  const described = ({ client, table }: Server) => speaking(columnsOf(client, { type: "table", table }));
  const pairing = pairColumns(await described(before), await described(now));
  const keys = keyColumns(key, pairing, name);
  const values = pairing.shared.filter(
    (one) => !key.includes(one.name) && (columns === undefined || columns.includes(one.name)),
  );
  const lines = (side: "before" | "now", { client, table }: Server) =>
    new Lines(copyOut(client, hashesText(table, keys, values, side)), key, name);
  const merged = await speaking(merge(lines("before", before), lines("now", now), values.length, showData ? SHOWN : 0));
  const difference = {
    ...merged.counts,
    columns: values.map((column, i) => ({ name: column.name, changed: merged.changedBy[i]! })),
    columnsOnlyBefore: pairing.onlyBefore,
    columnsOnlyNow: pairing.onlyNow,
  };
  if (merged.first.length === 0) return { difference, shown: [] };
  const wanted = merged.first.map((one) => one.key);
  const [old, fresh] = [
    await speaking(rowsByKey(before, keys, values, "before", wanted)),
    await speaking(rowsByKey(now, keys, values, "now", wanted)),
  ];
  return { difference, shown: merged.first.map((one) => shownRow(one, values, old, fresh)) };
}

type SideName = "before" | "now";

/** The key's values as one text that has the same order everywhere: hex digits, `-` for NULL. */
function keyText(keys: readonly SharedColumn[], side: SideName): string {
  const parts = keys.map((column) => {
    const text = canonical(identifier(column.name), column[side].by);
    return `coalesce(pg_catalog.encode(pg_catalog.convert_to(${text}, 'UTF8'), 'hex'), '-')`;
  });
  return `(${parts.join(` || ',' || `)}) COLLATE "C"`;
}

function hashesText(
  table: TableName,
  keys: readonly SharedColumn[],
  values: readonly SharedColumn[],
  side: SideName,
): string {
  const hash = (name: string, by: SideColumn["by"]) =>
    `coalesce(pg_catalog.md5(pg_catalog.convert_to(${canonical(identifier(name), by)}, 'UTF8')), '-')`;
  const hashes = values.map((column) => hash(column.name, column[side].by));
  const query = `SELECT ${keyText(keys, side)}${hashes.map((one) => `, ${one}`).join("")} FROM ${qualified(table)} ORDER BY 1`;
  return `COPY (${query}) TO STDOUT`;
}

/** One side's lines, one after the other: they have nothing in them that COPY would have to escape. */
class Lines {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly keyNames: readonly string[];
  private readonly table: string;
  private pending: readonly string[] = [];
  private at = 0;
  private rest = "";
  count = 0;
  line = "";
  /** Undefined before the first row and after the last. */
  key: string | undefined;

  constructor(stream: AsyncIterable<Buffer>, keyNames: readonly string[], table: string) {
    this.chunks = stream[Symbol.asyncIterator]();
    this.keyNames = keyNames;
    this.table = table;
  }

  /** To the next row, unless it has yet to come: to wait for each would take longer than all the rest. */
  tryNext(): boolean {
    const line = this.pending[this.at];
    if (line === undefined) return false;
    this.at++;
    const tab = line.indexOf("\t");
    const key = tab < 0 ? line : line.slice(0, tab);
    if (key === this.key) throw duplicates(this.keyNames, this.table);
    this.line = line;
    this.key = key;
    this.count++;
    return true;
  }

  async next(): Promise<void> {
    while (!this.tryNext()) {
      const { done, value } = await this.chunks.next();
      if (done) {
        this.key = undefined;
        return;
      }
      const lines = (this.rest + value.toString("latin1")).split("\n");
      this.rest = lines.pop()!;
      this.pending = lines;
      this.at = 0;
    }
  }

  get hashes(): readonly string[] {
    return this.line.split("\t").slice(1);
  }
}

interface Found {
  readonly what: DifferingRow["what"];
  readonly key: string;
  /** Which of the columns differ. */
  readonly columns: readonly number[];
}

async function merge(before: Lines, now: Lines, columns: number, most: number) {
  const counts = { onlyBefore: 0, onlyNow: 0, changed: 0, same: 0 };
  const changedBy: number[] = Array.from({ length: columns }, () => 0);
  const first: Found[] = [];
  const found = (what: Found["what"], key: string, which: readonly number[] = []) => {
    if (first.length < most) first.push({ what, key, columns: which });
  };
  await Promise.all([before.next(), now.next()]);
  while (before.key !== undefined || now.key !== undefined) {
    const isGone = now.key === undefined || (before.key !== undefined && before.key < now.key);
    const isNew = !isGone && (before.key === undefined || now.key! < before.key);
    if (isGone) {
      counts.onlyBefore++;
      found("only_before", before.key!);
    } else if (isNew) {
      counts.onlyNow++;
      found("only_now", now.key!);
    } else if (before.line === now.line) counts.same++;
    else {
      const [then, today] = [before.hashes, now.hashes];
      const which = changedBy.flatMap((_, i) => (then[i] === today[i] ? [] : [i]));
      for (const i of which) changedBy[i]!++;
      counts.changed++;
      found("changed", now.key!, which);
    }
    if (!isNew && !before.tryNext()) await before.next();
    if (!isGone && !now.tryNext()) await now.next();
  }
  return { counts: { rows: { before: before.count, now: now.count }, ...counts }, changedBy, first };
}

interface Texts {
  readonly key: readonly (string | null)[];
  readonly values: readonly (string | null)[];
}

/** The few rows that are shown, by their key's text. */
async function rowsByKey(
  { client, table }: Server,
  keys: readonly SharedColumn[],
  values: readonly SharedColumn[],
  side: SideName,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, Texts>> {
  const texts = (columns: readonly SharedColumn[]) =>
    `ARRAY[${columns.map(({ name }) => `${identifier(name)}::pg_catalog.text`).join(", ")}]::pg_catalog.text[]`;
  const rows = await rowsOf(
    client,
    `SELECT ${keyText(keys, side)} AS id, ${texts(keys)} AS key, ${texts(values)} AS values FROM ${qualified(table)}
      WHERE ${keyText(keys, side)} IN (${wanted.map(literal).join(", ")})`,
  );
  return new Map(rows.map(({ id, key, values }) => [id as string, { key, values } as unknown as Texts]));
}

function shownRow(
  { what, key: id, columns }: Found,
  values: readonly SharedColumn[],
  before: ReadonlyMap<string, Texts>,
  now: ReadonlyMap<string, Texts>,
): DifferingRow {
  const [old, fresh] = [before.get(id), now.get(id)];
  return {
    what,
    key: (fresh ?? old)!.key,
    columns: columns.map((i) => ({
      name: values[i]!.name,
      before: old?.values[i] ?? null,
      now: fresh?.values[i] ?? null,
    })),
  };
}
