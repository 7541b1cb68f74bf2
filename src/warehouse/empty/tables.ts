/** The statements that make an empty table as it is declared, each for itself, so that a refusal can be told by its part. */
import type { Column, KeyConstraint, TableName, TableOutput } from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import { constrain, createEmpty, createIndexes, createStatistics } from "../build/table.ts";
import { identifier, list, qualified } from "../names.ts";
import { foreignKeyName, foreignKeyText } from "../publish/foreign_keys.ts";

/** A statement and the part of the definition that it is made from: `["indexes", 0]`. */
export interface Part {
  readonly path: readonly (string | number)[];
  readonly statement: Statement;
}

export const createSchema = (schema: string): Statement => ({
  text: `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`,
});

/** The table alone; what else is declared hangs on it. */
export const emptyTable = (table: TableName, columns: readonly Column[]): Statement => createEmpty(table, columns);

/**
 * A table for the planner alone: partitioned, without any partition. It has columns, keys and indexes as another has, and
 * not one file, whose making takes several times as long as all the rest.
 */
export const tableWithoutFiles = (table: TableName, columns: readonly Column[], by: string): Statement => ({
  text: `${createEmpty(table, columns).text} PARTITION BY RANGE (${identifier(by)})`,
});

/** Keys decide what a SELECT may leave out of GROUP BY, and what ON CONFLICT may name. */
export function keyParts(output: TableOutput): readonly Part[] {
  const bare = { ...output, unique: [], constraints: [] } as TableOutput;
  const { primaryKey: _, ...keyless } = bare;
  const alone = (more: Partial<TableOutput>) => constrain(output, { ...keyless, ...more }, []);
  const part = (path: Part["path"], statements: readonly Statement[]): readonly Part[] =>
    statements.map((statement) => ({ path, statement }));
  return [
    ...(output.primaryKey ? part(["primary_key"], alone({ primaryKey: output.primaryKey })) : []),
    ...output.unique.flatMap((key: KeyConstraint, i) => part(["unique", i], alone({ unique: [key] }))),
  ];
}

/** What only a table's own definition is about: checks, indexes, statistics. */
export function ownParts(output: TableOutput): readonly Part[] {
  const { primaryKey: _, ...keyless } = { ...output, unique: [] };
  return [
    ...output.constraints.flatMap((check, i) =>
      constrain(output, { ...keyless, constraints: [check] }, []).map((statement) => ({
        path: ["constraints", i, "check"],
        statement,
      })),
    ),
    ...createIndexes(output, output).map((statement, i) => ({ path: ["indexes", i], statement })),
    ...createStatistics(output, output).map((statement, i) => ({ path: ["statistics", i], statement })),
  ];
}

/** Foreign keys that the database enforces; both tables are there. */
export const foreignKeyParts = (output: TableOutput): readonly Part[] =>
  output.foreignKeys.flatMap((key, i) => {
    const name = identifier(foreignKeyName(output, key));
    const text = `ALTER TABLE ${qualified(output)} ADD CONSTRAINT ${name} ${foreignKeyText(key)}`;
    return key.enforce ? [{ path: ["foreign_keys", i], statement: { text } }] : [];
  });

/** A source does not declare its keys: what is referred to is taken to be one. */
export const referredKey = (table: TableName, columns: readonly string[]): Statement => ({
  text: `CREATE UNIQUE INDEX ON ${qualified(table)} (${list(columns)})`,
});

/** A query with the expression of a check. */
export const checkQuery = (table: TableName, check: string): string => `SELECT (${check}) FROM ${qualified(table)}`;
