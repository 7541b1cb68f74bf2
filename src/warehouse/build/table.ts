/** The statements that make a table what its definition says: keys, constraints, indexes, comments, statistics. */
import {
  tableText,
  type Column,
  type Index,
  type KeyConstraint,
  type TableName,
  type TableOutput,
} from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import { identifier, list, literal, qualified } from "../names.ts";

/** Columns that the rows do not bring: PostgreSQL numbers or fills them. */
export const isFilledIn = (column: Column): boolean => column.identity !== undefined || column.default !== undefined;

function columnDefinition(column: Column): string {
  const identity =
    column.identity && ` GENERATED ${column.identity === "always" ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`;
  const value = column.default === undefined ? "" : ` DEFAULT ${column.default}`;
  return `${identifier(column.name)} ${column.type}${value}${column.notNull ? " NOT NULL" : ""}${identity ?? ""}`;
}

/** An empty table with the declared columns, NOT NULLs included. */
export const createEmpty = (table: TableName, columns: readonly Column[]): Statement => ({
  text: `CREATE TABLE ${qualified(table)} (${columns.map(columnDefinition).join(", ")})`,
});

const keyText = (kind: string, key: KeyConstraint): string => {
  const name = key.name ? `CONSTRAINT ${identifier(key.name)} ` : "";
  const nulls = key.nullsNotDistinct ? " NULLS NOT DISTINCT" : "";
  return `ADD ${name}${kind}${nulls} (${list(key.columns)})`;
};

/** NOT NULLs, primary key, unique and check constraints: one ALTER TABLE, so that the rows are read once. */
export function constrain(table: TableName, output: TableOutput, notNulls: readonly string[]): readonly Statement[] {
  const clauses = [
    ...notNulls.map((column) => `ALTER COLUMN ${identifier(column)} SET NOT NULL`),
    ...(output.primaryKey ? [keyText("PRIMARY KEY", output.primaryKey)] : []),
    ...output.unique.map((key) => keyText("UNIQUE", key)),
    ...output.constraints.map(({ name, check }) => `ADD CONSTRAINT ${identifier(name)} CHECK (${check})`),
  ];
  return clauses.length === 0 ? [] : [{ text: `ALTER TABLE ${qualified(table)} ${clauses.join(", ")}` }];
}

export function indexText(table: TableName, index: Index): string {
  const keys = index.keys.map((key) =>
    [
      key.column === undefined ? `(${key.expression})` : identifier(key.column),
      key.opclass ?? "",
      key.order?.toUpperCase() ?? "",
      key.nulls ? `NULLS ${key.nulls.toUpperCase()}` : "",
    ]
      .filter(Boolean)
      .join(" "),
  );
  return [
    `CREATE ${index.unique ? "UNIQUE " : ""}INDEX`,
    index.name ? identifier(index.name) : "",
    `ON ${qualified(table)}`,
    index.method ? `USING ${identifier(index.method)}` : "",
    `(${keys.join(", ")})`,
    index.include?.length ? `INCLUDE (${list(index.include)})` : "",
    index.where ? `WHERE ${index.where}` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

export const createIndexes = (table: TableName, output: TableOutput): readonly Statement[] =>
  output.indexes.map((index) => ({ text: indexText(table, index) }));

export const createStatistics = (table: TableName, output: TableOutput): readonly Statement[] =>
  output.statistics.map(({ name, columns, kinds }) => ({
    text: `CREATE STATISTICS ${qualified({ schema: table.schema, name })}${
      kinds?.length ? ` (${kinds.join(", ")})` : ""
    } ON ${list(columns)} FROM ${qualified(table)}`,
  }));

/** Comments from the descriptions. */
export function comment(
  table: TableName,
  output: { readonly description?: string; readonly columns: readonly Column[] },
  kind = "TABLE",
): readonly Statement[] {
  return [
    ...(output.description === undefined
      ? []
      : [{ text: `COMMENT ON ${kind} ${qualified(table)} IS ${literal(output.description)}` }]),
    ...output.columns.flatMap(({ name, description }) =>
      description === undefined
        ? []
        : [{ text: `COMMENT ON COLUMN ${qualified(table)}.${identifier(name)} IS ${literal(description)}` }],
    ),
  ];
}

export const grant = (table: TableName, grants: TableOutput["grants"]): readonly Statement[] =>
  grants.map(({ role, privileges }) => ({
    text: `GRANT ${privileges.join(", ")} ON ${qualified(table)} TO ${role === "public" ? "PUBLIC" : identifier(role)}`,
  }));

/** How an error speaks of a constraint: by its columns, where the definition says them. */
export function constraintWords(output: TableOutput, constraint: string | undefined): string {
  const key = (declared: KeyConstraint, suffix: string) =>
    constraint === (declared.name ?? `${output.name}${suffix}`) ? `(${declared.columns.join(", ")})` : undefined;
  const primary = output.primaryKey && key(output.primaryKey, "_pkey");
  if (primary) return `the primary key ${primary}`;
  for (const unique of output.unique) {
    const words = key(unique, `_${unique.columns.join("_")}_key`);
    if (words) return `the unique key ${words}`;
  }
  const check = output.constraints.find((declared) => declared.name === constraint);
  if (check) return `${check.name}: CHECK (${check.check})`;
  return constraint ?? `a constraint of ${tableText(output)}`;
}
