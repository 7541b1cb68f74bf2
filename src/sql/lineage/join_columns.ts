/** The columns of a join in PostgreSQL's order: first the merged ones of USING or NATURAL, then left, then right. */
import { strings, type BodyOf } from "../tree.ts";
import { computed } from "./flow.ts";
import type { Column, Relation } from "./scope.ts";

interface Merged {
  readonly left: Column;
  readonly right: Column;
}

interface JoinColumns {
  readonly columns: readonly Column[];
  readonly merged: readonly Merged[];
}

export function joinColumns(join: BodyOf<"JoinExpr">, left: Relation, right: Relation): JoinColumns {
  const names = join.isNatural ? commonNames(left, right) : strings(join.usingClause);
  const isRight = join.jointype === "JOIN_RIGHT";
  const isFull = join.jointype === "JOIN_FULL";
  const leftColumns = join.jointype === "JOIN_RIGHT" || isFull ? nullable(left.columns) : left.columns;
  const rightColumns = join.jointype === "JOIN_LEFT" || isFull ? nullable(right.columns) : right.columns;
  if (names.length === 0) return { columns: [...leftColumns, ...rightColumns], merged: [] };
  const merged: Merged[] = [];
  const columns: Column[] = [];
  for (const name of names) {
    const both = { left: find(left, name), right: find(right, name) };
    if (!both.left || !both.right) continue; // PostgreSQL refuses it
    merged.push({ left: both.left, right: both.right });
    const { table: _, ...kept } = isRight ? both.right : both.left;
    columns.push(isFull ? { ...computed([both.left, both.right]), name } : { ...kept, name });
  }
  const once = new Set(names);
  const others = [...leftColumns, ...rightColumns].filter(({ name }) => !once.has(name));
  return { columns: [...columns, ...others], merged };
}

function commonNames(left: Relation, right: Relation): readonly string[] {
  const there = new Set(right.columns.map(({ name }) => name));
  return left.columns.map(({ name }) => name).filter((name) => there.has(name));
}

const find = (relation: Relation, name: string): Column | undefined =>
  relation.columns.find((column) => column.name === name) ?? relation.open?.(name);

const nullable = (columns: readonly Column[]): readonly Column[] =>
  columns.map((column) => (column.notNull ? { ...column, notNull: false } : column));
