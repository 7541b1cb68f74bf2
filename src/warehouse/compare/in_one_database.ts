/** Both sides in one database: one statement compares them, on the server. */
import type { TableName } from "../../project/types.ts";
import { rowsOf, type Row } from "../session/batch.ts";
import { identifier, qualified } from "../names.ts";
import { columnsOf, differs, pairColumns, type Pairing, selectText, type SharedColumn } from "./columns.ts";
import { inWords, type Looking } from "./session.ts";
import { keyColumns, keyCondition, refuseDuplicates } from "./keys.ts";
import {
  type DifferingRow,
  type RowComparison,
  type RowDifference,
  type RowsOf,
  SHOWN,
  type ToCompare,
} from "./types.ts";

/** @throws DiagnosticError: a side that is not there, a key that tells nothing apart, a SELECT that fails */
export async function compareInOneDatabase(
  looking: Looking,
  before: TableName,
  now: RowsOf,
  asked: ToCompare,
): Promise<RowComparison> {
  const { key, isDeclaredKey, columns, name, showData } = asked;
  const { client } = looking;
  /** `offset`: where a person's SELECT begins in what is asked, in code points. */
  const ask = async <T>(work: Promise<T>, offset?: number): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const code = now.type === "query" && offset !== undefined ? { code: now.query, offset } : {};
      throw await inWords(looking, error, { table: name, ...code });
    }
  };
  const pairing = pairColumns(
    await ask(columnsOf(client, { type: "table", table: before })),
    await ask(columnsOf(client, now), 0),
  );
  const keys = keyColumns(key, pairing, name);
  const values = pairing.shared.filter(
    (one) => !key.includes(one.name) && (columns === undefined || columns.includes(one.name)),
  );
  const head = `WITH b AS NOT MATERIALIZED (SELECT true AS ctf_there, t.* FROM ${qualified(before)} t), n AS MATERIALIZED (SELECT true AS ctf_there, t.* FROM (`;
  const sides = `${head}${selectText(now)}\n) t)`;
  const join = `FROM b FULL JOIN n ON ${keyCondition(keys, isDeclaredKey)}`;
  const offset = [...head].length;
  const [row] = await ask(rowsOf(client, `${sides} SELECT ${counts(values)} ${join}`), offset);
  const difference = differenceOf(row!, values, pairing);
  refuseDuplicates(difference, key, name);
  if (!showData) return { difference, shown: [] };
  const found = await ask(
    rowsOf(client, `${sides} SELECT ${texts(keys, values)} ${join} ${differing(keys, values)}`),
    offset,
  );
  return { difference, shown: found.map((one) => shownRow(one, values)) };
}

const IN_BOTH = "b.ctf_there AND n.ctf_there";

const anyDiffers = (values: readonly SharedColumn[]): string =>
  values.length === 0 ? "false" : values.map((column) => `(${differs(column)})`).join(" OR ");

function counts(values: readonly SharedColumn[]): string {
  const filtered = (condition: string, name: string) => `pg_catalog.count(*) FILTER (WHERE ${condition}) AS ${name}`;
  return [
    "(SELECT pg_catalog.count(*) FROM b) AS before",
    "(SELECT pg_catalog.count(*) FROM n) AS now",
    filtered("n.ctf_there IS NULL", "only_before"),
    filtered("b.ctf_there IS NULL", "only_now"),
    filtered(IN_BOTH, "pairs"),
    filtered(`${IN_BOTH} AND (${anyDiffers(values)})`, "changed"),
    ...values.map((column, i) => filtered(`${IN_BOTH} AND (${differs(column)})`, `c${i}`)),
  ].join(", ");
}

function differenceOf(row: Row, values: readonly SharedColumn[], pairing: Pairing): RowDifference {
  const count = (name: string): number => row[name] as number;
  return {
    rows: { before: count("before"), now: count("now") },
    onlyBefore: count("only_before"),
    onlyNow: count("only_now"),
    changed: count("changed"),
    same: count("pairs") - count("changed"),
    columns: values.map(({ name }, i) => ({ name, changed: count(`c${i}`) })),
    columnsOnlyBefore: pairing.onlyBefore,
    columnsOnlyNow: pairing.onlyNow,
  };
}

/** The rows that differ, as texts. */
function texts(keys: readonly SharedColumn[], values: readonly SharedColumn[]): string {
  const text = (side: string, name: string) => `${side}.${identifier(name)}::pg_catalog.text`;
  const array = (items: readonly string[], type: string) => `ARRAY[${items.join(", ")}]::pg_catalog.${type}[]`;
  return [
    "b.ctf_there AS before",
    "n.ctf_there AS now",
    `${array(
      keys.map(({ name }) => `coalesce(${text("b", name)}, ${text("n", name)})`),
      "text",
    )} AS key`,
    `${array(
      values.map((column) => differs(column)),
      "bool",
    )} AS differs`,
    `${array(
      values.map(({ name }) => text("b", name)),
      "text",
    )} AS old`,
    `${array(
      values.map(({ name }) => text("n", name)),
      "text",
    )} AS new`,
  ].join(", ");
}

function differing(keys: readonly SharedColumn[], values: readonly SharedColumn[]): string {
  const order = keys.map(({ name, before, now }) => {
    const [b, n] = [`b.${identifier(name)}`, `n.${identifier(name)}`];
    return before.typeOid === now.typeOid && before.by !== "json" && before.by !== "text"
      ? `coalesce(${b}, ${n})`
      : `coalesce(${b}::pg_catalog.text, ${n}::pg_catalog.text)`;
  });
  return `WHERE b.ctf_there IS NULL OR n.ctf_there IS NULL OR ${anyDiffers(values)} ORDER BY ${order.join(", ")} LIMIT ${SHOWN}`;
}

function shownRow(row: Row, values: readonly SharedColumn[]): DifferingRow {
  const key = row["key"] as readonly (string | null)[];
  if (!row["now"]) return { what: "only_before", key, columns: [] };
  if (!row["before"]) return { what: "only_now", key, columns: [] };
  const [differ, old, now] = [
    row["differs"] as readonly boolean[],
    row["old"] as readonly string[],
    row["new"] as readonly string[],
  ];
  const columns = values.flatMap(({ name }, i) =>
    differ[i] ? [{ name, before: old[i] ?? null, now: now[i] ?? null }] : [],
  );
  return { what: "changed", key, columns };
}
