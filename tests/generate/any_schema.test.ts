/** Whatever the tables are, and whatever of their rows is given: what is made can be inserted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeCheckedRows } from "../../src/generate/checked_rows.ts";
import type { GivenRow } from "../../src/generate/types.ts";
import { batch } from "../../src/warehouse/session/batch.ts";
import { insertStatements } from "../../src/warehouse/facts/insert.ts";
import { readFacts } from "../../src/warehouse/facts/read.ts";
import { connect, freshDatabase } from "../support/database.ts";

/** Types with checks that leave enough values for a key, of a column `%`. */
const COLUMNS: readonly (readonly [type: string, checks: readonly string[]])[] = [
  ["int", ["% > 10", "% BETWEEN 1 AND 500", "% <> 3", "% % 2 = 0"]],
  ["bigint", ["% >= 0", "% < 1000000"]],
  ["numeric(10,2)", ["% > 0", "% <= 999.99 AND % > 1"]],
  ["text", ["% <> ''", "length(%) <= 12", "% ~ '^[a-z0-9-]+$'", "% = lower(%)"]],
  ["varchar(8)", ["% IS NOT NULL", "length(%) > 2"]],
  ["date", ["% > '2000-01-01'", "extract(day from %) = 1"]],
  ["timestamptz", ["% > '2001-01-01 00:00:00+00'"]],
  ["uuid", []],
  ["daterange", ["NOT isempty(%)"]],
];

interface Column {
  readonly kind: number;
  readonly checked: number;
  readonly notNull: boolean;
  readonly filled: boolean;
}
interface Table {
  readonly columns: readonly Column[];
  /** How many of the first columns are the key. */
  readonly key: number;
  readonly unique: number;
  /** Earlier tables with a key that this one refers to. */
  readonly parents: readonly { readonly of: number; readonly notNull: boolean; readonly inKey: boolean }[];
  readonly count: number;
  readonly given: readonly boolean[];
}

const column = fc.record({
  kind: fc.nat(COLUMNS.length - 1),
  checked: fc.nat(4),
  notNull: fc.boolean(),
  filled: fc.boolean(),
});
const table: fc.Arbitrary<Table> = fc.record({
  columns: fc.array(column, { minLength: 1, maxLength: 5 }),
  key: fc.nat(2),
  unique: fc.nat(5),
  parents: fc.array(fc.record({ of: fc.nat(3), notNull: fc.boolean(), inKey: fc.boolean() }), { maxLength: 2 }),
  count: fc.nat(12),
  given: fc.array(fc.boolean(), { maxLength: 4 }),
});

function sqlOf(tables: readonly Table[]): string {
  const keyOf = (n: number): readonly { name: string; type: string }[] =>
    tables[n]!.columns.slice(0, tables[n]!.key).map(({ kind }, i) => ({
      name: `t${n}_c${i}`,
      type: COLUMNS[kind]![0],
    }));
  return tables
    .map(({ columns, key, unique, parents }, n) => {
      const own = columns.map(({ kind, checked, notNull, filled }, i) => {
        const [type, checks] = COLUMNS[kind]!;
        const name = `t${n}_c${i}`;
        const check = checks[checked];
        const fill = filled && i >= key && type === "int" && !check ? " DEFAULT 7" : "";
        return `${name} ${type}${fill}${notNull ? " NOT NULL" : ""}${check ? ` CHECK (${check.replaceAll("% %", "MOD").replaceAll("%", name).replaceAll("MOD", `${name} %`)})` : ""}`;
      });
      const referring = parents.flatMap(({ of, notNull, inKey }, p) => {
        const its = of < n ? keyOf(of) : [];
        if (its.length === 0) return [];
        const names = its.map(({ name }) => `p${p}_${name}`);
        return [
          {
            columns: its.map(({ type }, i) => `${names[i]} ${type}${notNull ? " NOT NULL" : ""}`),
            constraint: `FOREIGN KEY (${names.join(", ")}) REFERENCES t${of} (${its.map(({ name }) => name).join(", ")})`,
            key: inKey && key > 0 ? names : [],
          },
        ];
      });
      // Others refer to the first columns alone, so these are a key of their own.
      const keyColumns = columns.slice(0, key).map((_, i) => `t${n}_c${i}`);
      const primary = keyColumns.length > 0 ? [`PRIMARY KEY (${keyColumns.join(", ")})`] : [];
      const more = referring.flatMap(({ key: names }) =>
        names.length > 0 ? [`UNIQUE (${[...names, keyColumns[0]].join(", ")})`] : [],
      );
      const another = unique > 0 && unique < columns.length && unique >= key ? [`UNIQUE (t${n}_c${unique})`] : [];
      const isDefault = own[unique]?.includes("DEFAULT");
      const parts = [
        ...own,
        ...referring.flatMap(({ columns }) => columns),
        ...primary,
        ...more,
        ...(isDefault ? [] : another),
      ];
      return `CREATE TABLE t${n} (${[...parts, ...referring.map(({ constraint }) => constraint)].join(", ")});`;
    })
    .join("\n");
}

test("rows are made for any tables, and PostgreSQL takes them", async () => {
  const client = await connect((await freshDatabase(18)).url);
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 1, maxLength: 4 }), fc.nat(1000), async (tables, seed) => {
      await client.query(`DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; ${sqlOf(tables)}`);
      const facts = await readFacts(
        client,
        tables.map((_, n) => ({ schema: "public", name: `t${n}`, columns: [] })),
      );
      const counts = new Map(tables.map(({ count }, n) => [`public.t${n}`, count]));
      const given = new Map(tables.map(({ given }, n) => [`public.t${n}`, given.map((): GivenRow => ({}))]));
      const rows = await makeCheckedRows(client, facts, given, { seed, counts });
      await batch(client, insertStatements(rows));
      for (const [n, { count, given }] of tables.entries()) {
        const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM t${n}`);
        expect(rows[0]!.n).toBeGreaterThanOrEqual(Math.max(count, given.length));
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
