/** The table that files are loaded into, and what every row of it must keep. */
import type { Column, TableName, TableOutput } from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import { createEmpty, isFilledIn } from "../build/table.ts";
import { identifier, list, qualified } from "../names.ts";

export interface Target {
  readonly output: TableOutput;
  /** In its closed schema. */
  readonly table: TableName;
  /** No two rows may have the same. */
  readonly keys: readonly Key[];
  /** The published table, where the rows are to be added to its own: the keys hold for both together. */
  readonly beside?: TableName;
  /** The rows go on into another table, which numbers rows and fills in defaults by itself. */
  readonly passedOn: boolean;
}

export interface Key {
  readonly type: "primary" | "unique" | "match";
  readonly columns: readonly string[];
  readonly nullsNotDistinct: boolean;
}

/** What the rows are matched by, though the table has no such constraint, is a key of type `match`. */
export function keysOf(output: TableOutput, matchedBy: readonly string[] = []): readonly Key[] {
  const declared: readonly Key[] = [
    ...(output.primaryKey ? [{ type: "primary" as const, ...output.primaryKey }] : []),
    ...output.unique.map((key) => ({ type: "unique" as const, ...key })),
  ].map(({ type, columns, nullsNotDistinct = false }) => ({ type, columns, nullsNotDistinct }));
  const primary = new Set(output.primaryKey?.columns);
  const known = matchedBy.length === primary.size && matchedBy.every((column) => primary.has(column));
  return matchedBy.length === 0 || known
    ? declared
    : [...declared, { type: "match", columns: matchedBy, nullsNotDistinct: false }];
}

/** Columns that no row may leave NULL: declared so, or of a key by which rows are found. */
export function neverNull({ output, keys }: Target): ReadonlySet<string> {
  const strict = keys.filter(({ type }) => type !== "unique").flatMap(({ columns }) => columns);
  return new Set([...output.columns.filter((column) => column.notNull).map(({ name }) => name), ...strict]);
}

/** The empty table, with NOT NULLs and checks from the start: each row is then judged as it comes. */
export function createTarget(target: Target): readonly Statement[] {
  const strict = neverNull(target);
  const columns = target.output.columns.map((column): Column => {
    const { identity, ...plain } = column;
    if (target.passedOn && identity) return { ...plain, notNull: false };
    return { ...column, notNull: strict.has(column.name) };
  });
  const checks = target.output.constraints.map(
    ({ name, check }) => `ADD CONSTRAINT ${identifier(name)} CHECK (${check})`,
  );
  return [
    createEmpty(target.table, columns),
    ...(checks.length ? [{ text: `ALTER TABLE ${qualified(target.table)} ${checks.join(", ")}` }] : []),
  ];
}

const MATCH = "ctf_match";

/** All keys in one ALTER TABLE, so that the rows are read once. */
export function addKeys({ output, table, keys }: Target): readonly Statement[] {
  const named = [...(output.primaryKey ? [output.primaryKey.name] : []), ...output.unique.map(({ name }) => name)];
  const clauses = keys.map(({ type, columns, nullsNotDistinct }, n) => {
    const name = type === "match" ? MATCH : named[n];
    const kind = type === "primary" ? "PRIMARY KEY" : `UNIQUE${nullsNotDistinct ? " NULLS NOT DISTINCT" : ""}`;
    return `ADD ${name === undefined ? "" : `CONSTRAINT ${identifier(name)} `}${kind} (${list(columns)})`;
  });
  return clauses.length === 0 ? [] : [{ text: `ALTER TABLE ${qualified(table)} ${clauses.join(", ")}` }];
}

/** Takes away again what only the load needed. `given`: the columns that any file had. */
export function finishTarget(target: Target, given: ReadonlySet<string>): readonly Statement[] {
  const { output, table, keys, passedOn } = target;
  const match = keys.find(({ type }) => type === "match");
  const declared = new Map(output.columns.map((column) => [column.name, column]));
  const clauses = [
    ...(match && !passedOn
      ? [
          `DROP CONSTRAINT ${MATCH}`,
          ...match.columns
            .filter((name) => !declared.get(name)?.notNull && !output.primaryKey?.columns.includes(name))
            .map((name) => `ALTER COLUMN ${identifier(name)} DROP NOT NULL`),
        ]
      : []),
    ...(passedOn
      ? output.columns
          .filter((column) => isFilledIn(column) && !given.has(column.name))
          .map(({ name }) => `DROP COLUMN ${identifier(name)}`)
      : []),
  ];
  return clauses.length === 0 ? [] : [{ text: `ALTER TABLE ${qualified(table)} ${clauses.join(", ")}` }];
}
