/** What a flatten publishes beside its output, in the same transaction: rejects, the forms' questions, the digests. */
import type { DocumentRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import type { Statement } from "../session/batch.ts";
import { buildSchema } from "../build/build.ts";
import { literal, qualified } from "../names.ts";
import { restrictTo } from "../load/rejects.ts";
import { columnList, questionColumns, rejectColumns, seenColumns } from "./sql/beside.ts";
import { drop, helpersIn } from "./sql/helpers.ts";

type Columns = readonly (readonly [string, string])[];

const create = (table: TableName, columns: Columns, about: string): readonly Statement[] => [
  { text: `CREATE TABLE IF NOT EXISTS ${qualified(table)} (${columnList(columns)})` },
  { text: `COMMENT ON TABLE ${qualified(table)} IS ${literal(about)}` },
];

const fill = (table: TableName, from: TableName, columns: Columns): Statement => {
  const names = columns.map(([name]) => name).join(", ");
  return { text: `INSERT INTO ${qualified(table)} (${names}) SELECT ${names} FROM ${qualified(from)}` };
};

const aboutSeen = (output: TableOutput): string => `The documents of ${tableText(output)} as they were flattened last.`;

/** Should the definition go back to append, what an earlier one has seen is no longer what the table was made of. */
const forget = (table: TableName, about: string): Statement => {
  const oid = `pg_catalog.to_regclass(${literal(qualified(table))})`;
  return {
    text: `DO $ctf$ BEGIN
      IF pg_catalog.obj_description(${oid}, 'pg_class') = ${literal(about)} THEN DELETE FROM ${qualified(table)}; END IF;
    END $ctf$`,
  };
};

/** `replacing`: of earlier runs nothing is left; else what they said of other documents stays. */
export function publishBeside(
  rows: DocumentRows,
  output: TableOutput,
  number: number,
  replacing: boolean,
): readonly Statement[] {
  const helpers = helpersIn(buildSchema(number));
  const { rejects, questions, seen } = rows;
  const changed = rows.which === "changed";
  const again = `SELECT s.document FROM ${qualified(helpers.seen)} s`;
  const of = (column: string) => (replacing ? "" : ` WHERE ${column} IN (${again}) OR ${column} IS NULL`);
  return [
    ...create(
      rejects,
      rejectColumns,
      `What is in the documents of ${tableText(output)} and could not become rows of it.`,
    ),
    { text: `DELETE FROM ${qualified(rejects)}${of("document")}` },
    fill(rejects, helpers.rejects, rejectColumns),
    ...restrictTo(rejects, output),
    ...(questions
      ? [
          ...create(questions, questionColumns, `The questions of the forms of ${tableText(output)}.`),
          { text: `DELETE FROM ${qualified(questions)}` },
          fill(questions, helpers.questions, questionColumns),
        ]
      : []),
    ...(changed
      ? [
          ...create(seen, seenColumns, aboutSeen(output)),
          { text: `DELETE FROM ${qualified(seen)}${of("document")}` },
          fill(seen, helpers.seen, seenColumns),
          ...restrictTo(seen, { ...output, grants: [] }),
        ]
      : [forget(seen, aboutSeen(output))]),
    drop(helpers.rejects, helpers.questions, helpers.seen),
  ];
}
