import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { describeDeclared } from "../build/verify_columns.ts";
import { cannotMerge } from "./codes.ts";
import { rowsOf } from "../session/batch.ts";
import { describe, typeNames } from "../session/describe.ts";
import { sqlstate } from "../errors.ts";
import { identifier, qualified } from "../names.ts";
import type { Work } from "../work.ts";

/** Rows can be merged only into a table that has the declared columns. @throws DiagnosticError with the ALTERs to run */
export async function refuseDifference(work: Work, output: TableOutput): Promise<void> {
  const { client, span } = work;
  const declared = await describeDeclared(client, output.columns).catch((error: unknown) => {
    // A type that the server does not know is told of when the rows are looked at.
    if (sqlstate(error) === undefined) throw error;
    return [];
  });
  const live = await describe(client, `SELECT * FROM ${qualified(output)}`);
  const types = await typeNames(client, [...declared, ...live]);
  const liveTypes = new Map(live.map(({ name }, n) => [name, types[declared.length + n]]));
  const generated = await generatedColumns(work, output);
  const differences = declared.flatMap(({ name }, n) => {
    if (generated.has(name))
      return [{ words: `${name} is generated from others`, alter: `ALTER COLUMN ${identifier(name)} DROP EXPRESSION` }];
    const type = types[n] ?? "";
    const now = liveTypes.get(name);
    if (now === undefined)
      return [{ words: `it lacks ${name} ${type}`, alter: `ADD COLUMN ${identifier(name)} ${type}` }];
    if (now === type) return [];
    return [{ words: `${name} is ${now}, declared ${type}`, alter: `ALTER COLUMN ${identifier(name)} TYPE ${type}` }];
  });
  if (differences.length === 0) return;
  const alters = differences.map(({ alter }) => alter).join(", ");
  throw new DiagnosticError([
    cannotMerge({
      message: `${tableText(output)} in the warehouse is not as declared: ${differences.map(({ words }) => words).join("; ")}`,
      span,
      hint: `Alter it to match: ALTER TABLE ${qualified(output)} ${alters}; Or drop it, and the next run makes it anew.`,
    }),
  ]);
}

/** PostgreSQL fills these in; nobody else may. */
async function generatedColumns(work: Work, output: TableOutput): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(
    work.client,
    `SELECT a.attname AS name FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attgenerated <> ''`,
    [qualified(output)],
  );
  return new Set(rows.map((row) => row["name"] as string));
}
