/**
 * The statements that judge staged rows, a batch at a time. Each gives the numbers of the rows that it is about, and what
 * is wrong with them, never a value.
 */
import type { Column, TableName } from "../../project/types.ts";
import { identifier, list, literal, qualified } from "../names.ts";
import type { Classified } from "./classes.ts";
import { neverNull, type Key, type Target } from "./target.ts";

/** The staged texts of one batch: `n` is the place in the batch, `c1` … the texts of `columns`. */
export interface Staged {
  readonly target: Target;
  readonly staging: TableName;
  readonly columns: readonly Column[];
  readonly classified: Classified;
}

const text = (n: number): string => `s.c${n + 1}`;
const cast = ({ type }: Column, n: number): string => (type === "text" ? text(n) : `${text(n)}::${type}`);

/** Rows that are none of these. */
const without = (bad: readonly number[], n = "s.n"): string =>
  bad.length === 0 ? "" : ` WHERE ${n} <> ALL ('{${bad.join(",")}}'::pg_catalog.int4[])`;

export const createStaging = (staging: TableName, columns: number): string =>
  `CREATE UNLOGGED TABLE ${qualified(staging)} (n int${Array.from({ length: columns }, (_, n) => `, c${n + 1} text`).join("")})`;

export const stagingColumns = (columns: number): string =>
  ["n", ...Array.from({ length: columns }, (_, n) => `c${n + 1}`)].join(", ");

/**
 * Rows with a text that its type does not take, or with a NULL where none may be: `column` counts from 0, `reason` is the
 * SQLSTATE of the first such fault.
 */
export function valueFaults(staged: Staged, major: number): string {
  const { columns, staging } = staged;
  if (major < 16) {
    return `SELECT f.n, pg_catalog.split_part(f.fault, ' ', 1)::int AS "column", pg_catalog.split_part(f.fault, ' ', 2) AS reason
      FROM (SELECT s.n, ${qualified(faultFunction(staging))}(s) AS fault FROM ${qualified(staging)} s) f WHERE f.fault IS NOT NULL`;
  }
  const strict = neverNull(staged.target);
  const faults = columns.flatMap((column, n) => [
    ...(strict.has(column.name) ? [{ n, when: `${text(n)} IS NULL`, reason: "'23502'" }] : []),
    ...(column.type === "text"
      ? []
      : [
          {
            n,
            when: `NOT pg_catalog.pg_input_is_valid(${text(n)}, ${literal(column.type)})`,
            reason: `(pg_catalog.pg_input_error_info(${text(n)}, ${literal(column.type)})).sql_error_code`,
          },
        ]),
  ]);
  if (faults.length === 0) return `SELECT 0 AS n, 0 AS "column", '' AS reason WHERE false`;
  return `SELECT s.n,
      CASE ${faults.map(({ n, when }) => `WHEN ${when} THEN ${n}`).join(" ")} END AS "column",
      CASE ${faults.map(({ when, reason }) => `WHEN ${when} THEN ${reason}`).join(" ")} END AS reason
    FROM ${qualified(staging)} s WHERE ${faults.map(({ when }) => when).join(" OR ")}`;
}

const faultFunction = (staging: TableName): TableName => ({ ...staging, name: "fault_of_row" });

/**
 * PostgreSQL 15 can't ask whether a text is valid: a function tries. It writes nothing, so its many small attempts use up
 * no transaction numbers. Assigning, unlike casting, cuts off no text that is too long.
 */
export function createFaultFunction({ target, staging, columns }: Staged): string {
  const strict = neverNull(target);
  const body = columns.map((column, n) =>
    [
      `at := ${n};`,
      strict.has(column.name) ? `IF ${text(n)} IS NULL THEN RETURN at || ' 23502'; END IF;` : "",
      column.type === "text" ? "" : `v${n} := ${text(n)};`,
    ].join(" "),
  );
  return `CREATE OR REPLACE FUNCTION ${qualified(faultFunction(staging))}(s ${qualified(staging)}) RETURNS text LANGUAGE plpgsql AS ${dollars(`
    DECLARE at int := 0; ${declarations(columns)}
    BEGIN ${body.join("\n")} RETURN NULL;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN RETURN at || ' ' || SQLSTATE;
    END`)}`;
}

const declarations = (columns: readonly Column[]): string => columns.map(({ type }, n) => `v${n} ${type};`).join(" ");
const dollars = (body: string): string => `$ctf_load$${body}$ctf_load$`;

/** The staged rows as the table would have them, under its name, so that checks can be asked of them. */
function typed({ target, staging, columns, classified }: Staged, bad: readonly number[]): string {
  const given = new Map(columns.map((column, n) => [column.name, cast(column, n)]));
  const all = target.output.columns.map((column) => {
    const own = given.get(column.name);
    const { [column.name]: constant } = classified;
    const value =
      own ?? (constant == null ? (constant === null ? "NULL" : (column.default ?? "NULL")) : literal(constant));
    return `${own ?? `(${value})::${column.type}`} AS ${identifier(column.name)}`;
  });
  // OFFSET keeps the casts from being tried on rows that are left out.
  return `(SELECT s.n AS ctf_n, ${all.join(", ")} FROM ${qualified(staging)} s${without(bad)} OFFSET 0) AS ${identifier(target.output.name)}`;
}

/** Rows that break a declared check: `check` counts from 0. Nothing to ask without checks. */
export function checkFaults(staged: Staged, bad: readonly number[]): string | undefined {
  const checks = staged.target.output.constraints;
  if (checks.length === 0) return undefined;
  const broken = checks.map(({ check }) => `NOT (${check})`);
  return `SELECT ctf_n AS n, CASE ${broken.map((when, n) => `WHEN ${when} THEN ${n}`).join(" ")} END AS "check"
    FROM ${typed(staged, bad)} WHERE ${broken.join(" OR ")}`;
}

/** Rows whose key is in the table already, or comes earlier in the batch. */
export function keyFaults(staged: Staged, key: Key, bad: readonly number[]): string {
  const { target } = staged;
  const name = identifier(target.output.name);
  const same = key.columns.map((column) => {
    const is = key.nullsNotDistinct ? "IS NOT DISTINCT FROM" : "=";
    return `o.${identifier(column)} ${is} d.${identifier(column)}`;
  });
  const whole = key.nullsNotDistinct ? [] : key.columns.map((column) => `${identifier(column)} IS NOT NULL`);
  const tables = [target.table, ...(target.beside ? [target.beside] : [])];
  const there = tables.map((table) => `EXISTS (SELECT FROM ${qualified(table)} o WHERE ${same.join(" AND ")})`);
  return `SELECT d.ctf_n AS n FROM (
      SELECT ${name}.*, pg_catalog.row_number() OVER (PARTITION BY ${list(key.columns)} ORDER BY ctf_n) > 1 AS ctf_again
      FROM ${typed(staged, bad)}${whole.length ? ` WHERE ${whole.join(" AND ")}` : ""}
    ) d WHERE d.ctf_again OR ${there.join(" OR ")}`;
}

const inserting = ({ target, columns }: Staged): string => {
  const identity = columns.some((column) => column.identity);
  return `INSERT INTO ${qualified(target.table)} (${list(columns.map(({ name }) => name))})${identity ? " OVERRIDING SYSTEM VALUE" : ""}`;
};

export const insertRows = (staged: Staged, bad: readonly number[]): string =>
  `${inserting(staged)} SELECT ${staged.columns.map(cast).join(", ")} FROM ${qualified(staged.staging)} s${without(bad)}`;

const oneByOne = (staging: TableName): TableName => ({ ...staging, name: "load_one_by_one" });

/**
 * For rows that the statements above can't judge (a type that has no soft errors, a check that itself fails): each is
 * tried by itself. Slow, and right for whatever PostgreSQL may have against a row.
 */
export function createOneByOne(staged: Staged): string {
  const { columns, staging } = staged;
  const assign = columns.map((_, n) => `at := ${n}; v${n} := ${text(n)};`).join(" ");
  return `CREATE OR REPLACE FUNCTION ${qualified(oneByOne(staging))}() RETURNS TABLE (n int, "column" int, reason text, named text, "constraint" text)
    LANGUAGE plpgsql AS ${dollars(`
    DECLARE s ${qualified(staging)}; at int; ${declarations(columns)}
    BEGIN
      FOR s IN SELECT * FROM ${qualified(staging)} r ORDER BY r.n LOOP
        BEGIN
          ${assign} at := NULL;
          ${inserting(staged)} VALUES (${columns.map((_, n) => `v${n}`).join(", ")});
        EXCEPTION WHEN OTHERS THEN
          IF SQLSTATE !~ '${DATA}' THEN RAISE; END IF;
          GET STACKED DIAGNOSTICS reason = RETURNED_SQLSTATE, named = COLUMN_NAME, "constraint" = CONSTRAINT_NAME;
          n := s.n; "column" := at;
          RETURN NEXT;
        END;
      END LOOP;
    END`)}`;
}

export const runOneByOne = (staging: TableName): string => `SELECT * FROM ${qualified(oneByOne(staging))}()`;

/** SQLSTATEs that speak of a row, not of the server or of rights. */
export const DATA = "^(21|22|23|38|54|P0)";
