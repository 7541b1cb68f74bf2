/**
 * `--from TARGET`: real rows, but no protected health information. Columns that hold it, or may hold it, are not even read; of
 * those that rows are joined by, tokens are, and each becomes a made-up value, the same one wherever it stands.
 */
import { randomBytes } from "node:crypto";
import { tableText } from "../../project/types.ts";
import { connect } from "../../warehouse/session/connect.ts";
import { speaking } from "../../warehouse/errors.ts";
import { catalogTables } from "../../warehouse/facts/catalog.ts";
import type { TableFacts } from "../../warehouse/facts/types.ts";
import { beginReading, sampleOf, type SampledTable } from "../../warehouse/fill/sample.ts";
import { type Limits, limitsOf } from "../limits.ts";
import { randomOf } from "../random.ts";
import type { Facts, GivenRow } from "../types.ts";
import { secondsOf } from "../values/days.ts";
import { countedValue } from "../values/make.ts";

export interface FromTarget {
  /** Of the warehouse; it holds a password. */
  readonly url: string;
  readonly target: string;
  readonly rows: number;
  readonly seed: number;
  readonly until: string;
  /** `schema.table.column` of every column that holds PHI or may hold it. */
  readonly isPhi: (column: string) => boolean;
  readonly tell: (text: string) => void;
}

/** Children of the sampled rows: at most so many times the rows. */
const CHILDREN = 20;

/** Rows to be given for those of the tables that the target has; the rest of each is made. */
export async function sampleFrom(
  facts: Facts,
  tables: readonly string[],
  options: FromTarget,
): Promise<ReadonlyMap<string, readonly GivenRow[]>> {
  const client = await connect(options.url);
  try {
    return await speaking(sampleAll(client, facts, tables, options), `target ${options.target}`);
  } finally {
    await client.end();
  }
}

async function sampleAll(
  client: Awaited<ReturnType<typeof connect>>,
  facts: Facts,
  tables: readonly string[],
  { target, rows, seed, until, isPhi, tell }: FromTarget,
): Promise<ReadonlyMap<string, readonly GivenRow[]>> {
  await beginReading(client);
  const wanted = tables.map((text) => facts.get(text)!);
  const there = await catalogTables(
    client,
    wanted.map(({ table }) => table),
  );
  const columnsThere = new Map(
    there.map((table) => [tableText(table), new Set(table.columns.map(({ name }) => name))]),
  );
  for (const text of tables) if (!columnsThere.has(text)) tell(`${text} is not on ${target}: its rows are made up`);
  const isSecret = withJoined(facts, isPhi);
  const planned = planOf(
    wanted.filter(({ table }) => columnsThere.has(tableText(table))),
    facts,
    (table, column) => columnsThere.get(table)!.has(column),
    isSecret,
    rows,
  );
  const pseudonyms = new Pseudonyms(facts, secondsOf(until) ?? 0);
  const sampling = { seed, secret: randomBytes(32).toString("hex") };
  const given = new Map<string, readonly GivenRow[]>();
  for (const [text, sampled] of planned) {
    const found = await sampleOf(client, sampled, sampling);
    given.set(
      text,
      found.map((row) => ({
        ...row,
        ...Object.fromEntries(
          sampled.tokens.map((column) => [column, pseudonyms.of(text, column, row[column] ?? null)]),
        ),
      })),
    );
  }
  return given;
}

/** Which rows of which tables, the parents before their children. */
function planOf(
  tables: readonly TableFacts[],
  facts: Facts,
  has: (table: string, column: string) => boolean,
  isSecret: (table: string, column: string) => boolean,
  rows: number,
): ReadonlyMap<string, SampledTable> {
  const planned = new Map<string, SampledTable>();
  const begun = new Set<string>();
  const add = (table: TableFacts): void => {
    const text = tableText(table.table);
    if (begun.has(text)) return;
    begun.add(text);
    const joins = joinColumns(facts, text);
    const columns = table.columns.filter(({ name, filledBy }) => filledBy !== "generated" && has(text, name));
    const names = columns.map(({ name }) => name);
    const base: SampledTable = {
      table: table.table,
      key: (table.primaryKey ?? []).filter((name) => names.includes(name)),
      copied: names.filter((name) => !isSecret(text, name)),
      tokens: names.filter((name) => isSecret(text, name) && joins.has(name)),
      limit: rows,
    };
    for (const { columns: own, references } of table.foreignKeys) {
      const parent = tables.find((other) => tableText(other.table) === tableText(references));
      if (!parent || parent === table || !own.every((name) => names.includes(name))) continue;
      add(parent);
      const of = planned.get(tableText(references));
      if (!of) continue; // they refer to each other in a circle
      planned.set(text, { ...base, limit: rows * CHILDREN, within: { columns: own, of, its: references.columns } });
      return;
    }
    planned.set(text, base);
  };
  for (const table of tables) add(table);
  return planned;
}

/** A column that is joined with one that holds PHI holds the same values, whatever its declaration says. */
function withJoined(facts: Facts, isPhi: (column: string) => boolean): (table: string, column: string) => boolean {
  const homes = new Set<string>();
  for (const [text, { columns }] of facts) {
    for (const { name } of columns) if (isPhi(`${text}.${name}`)) homes.add(JSON.stringify(homeOf(facts, text, name)));
  }
  return (table, column) => isPhi(`${table}.${column}`) || homes.has(JSON.stringify(homeOf(facts, table, column)));
}

/** The column at the end of the foreign keys that begin here. */
function homeOf(
  facts: Facts,
  table: string,
  column: string,
  seen: readonly string[] = [],
): readonly [table: string, column: string] {
  for (const { columns, references } of facts.get(table)?.foreignKeys ?? []) {
    const at = columns.indexOf(column);
    const text = tableText(references);
    if (at >= 0 && facts.has(text) && !seen.includes(text)) {
      return homeOf(facts, text, references.columns[at]!, [...seen, table]);
    }
  }
  return [table, column];
}

/** Columns by which rows of this table are told apart, or joined to others. */
function joinColumns(facts: Facts, text: string): ReadonlySet<string> {
  const { primaryKey = [], uniques, foreignKeys } = facts.get(text)!;
  const referred = [...facts.values()].flatMap((table) =>
    table.foreignKeys.flatMap(({ references }) => (tableText(references) === text ? references.columns : [])),
  );
  return new Set([...primaryKey, ...uniques.flat(), ...foreignKeys.flatMap(({ columns }) => columns), ...referred]);
}

/** Made-up values for tokens: one row of them for all columns that are joined with each other. */
class Pseudonyms {
  private readonly facts: Facts;
  private readonly until: number;
  private readonly known = new Map<string, Map<string, string | null>>();

  constructor(facts: Facts, until: number) {
    this.facts = facts;
    this.until = until;
  }

  of(table: string, column: string, token: string | null): string | null {
    if (token === null) return null;
    const home = homeOf(this.facts, table, column);
    const known = this.known.get(JSON.stringify(home)) ?? new Map<string, string | null>();
    this.known.set(JSON.stringify(home), known);
    if (!known.has(token)) known.set(token, this.make(home, known.size + 1) ?? again(known));
    return known.get(token)!;
  }

  /** undefined where there are no more. */
  private make([table, name]: readonly [string, string], k: number): string | undefined {
    const facts = this.facts.get(table)!;
    const { of, examples } = facts.columns.find((column) => column.name === name)!;
    if (examples) return examples.filter((example) => example !== null)[k - 1];
    const row = { value: () => undefined, type: () => of };
    const limits: Limits = limitsOf(
      name,
      facts.checks.map(({ condition }) => condition),
      row,
      randomOf("pseudonym"),
    );
    return countedValue(of, { name, limits, until: this.until }, k);
  }
}

/** A column of few possible values uses them again; NULL where there is not one. */
function again(known: ReadonlyMap<string, string | null>): string | null {
  const values = [...new Set(known.values())];
  return values.length === 0 ? null : values[known.size % values.length]!;
}
