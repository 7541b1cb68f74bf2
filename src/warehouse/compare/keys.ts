/** The columns by which rows are paired. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { identifier } from "../names.ts";
import { keyNotUnique, noKey } from "./codes.ts";
import { canonical, type Pairing, type SharedColumn, type SideColumn } from "./columns.ts";
import type { RowDifference } from "./types.ts";

/** @throws DiagnosticError for a column that a side does not have */
export function keyColumns(key: readonly string[], { shared }: Pairing, table: string): readonly SharedColumn[] {
  return key.map((name) => {
    const found = shared.find((column) => column.name === name);
    if (found) return found;
    const names = shared.map((column) => column.name);
    const near = nearest(name, names);
    throw new DiagnosticError([
      noKey({
        message: `${name} is not a column on both sides of ${table}`,
        hint: near === undefined ? `Both have ${names.join(", ")}.` : `Did you mean ${near}?`,
      }),
    ]);
  });
}

/**
 * How rows of `b` and `n` find each other. Keys of declared tables are never NULL and have an index; others are compared by
 * text, where NULL has a place of its own.
 */
export function keyCondition(keys: readonly SharedColumn[], isDeclared: boolean): string {
  const conditions = keys.map(({ name, before, now }) => {
    const [b, n] = [`b.${identifier(name)}`, `n.${identifier(name)}`];
    const hasEquality = before.typeOid === now.typeOid && before.by !== "json" && before.by !== "text";
    if (isDeclared && hasEquality) return `${b} = ${n}`;
    return `${orNull(b, before.by)} = ${orNull(n, now.by)}`;
  });
  return conditions.join(" AND ");
}

const orNull = (expression: string, by: SideColumn["by"]): string =>
  `coalesce('=' || ${canonical(expression, by)}, '')`;

/** Where keys come twice, a row meets several: then the pairs are more than the rows. */
export function refuseDuplicates(difference: RowDifference, key: readonly string[], table: string): void {
  const { rows, onlyBefore, onlyNow, changed, same } = difference;
  const pairs = changed + same;
  if (pairs + onlyBefore === rows.before && pairs + onlyNow === rows.now) return;
  throw duplicates(key, table);
}

export const duplicates = (key: readonly string[], table: string): DiagnosticError =>
  new DiagnosticError([
    keyNotUnique({
      message: `several rows of ${table} have the same ${key.join(", ")}, so they can't be told apart`,
      hint: "Name more columns: --key a,b.",
    }),
  ]);
