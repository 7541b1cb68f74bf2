/**
 * What a transform does, done in the caller's transaction: the rows made, the declaration held against them, keys, checks
 * and indexes, merged where it merges. All of it by the code of a run, but without closed schemas, locks, records and
 * publishing, for the caller rolls it back.
 */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Code, MergeRows, RunStatements } from "../../plan/types.ts";
import type { TableName, TableOutput } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { buildSchema } from "../build/build.ts";
import type { Filler } from "../build/filler.ts";
import { keyedBy, shape } from "../build/shape.ts";
import { checkMonitors, countRows, failOn } from "../build/monitors.ts";
import type { Purpose } from "../build/purpose.ts";
import { verifyKeys } from "../build/verify_keys.ts";
import type { Rewritten } from "../errors.ts";
import { outputProblems } from "../introspect/existing.ts";
import { identifier, list, qualified } from "../names.ts";
import type { RowCounts } from "../outcome.ts";
import { foreignKeyProblems } from "../publish/foreign_keys.ts";
import { merged } from "../publish/merge.ts";
import { inPhase, runSteps, tableOrigin, type Step } from "../session/steps.ts";
import type { Work } from "../work.ts";

/** The closed schema that a testbed's databases have; rolled back, it is always empty. */
export const REHEARSALS = 0;
const SCHEMA = buildSchema(REHEARSALS);

/** For a database that is none of a testbed's. */
export const rehearsalSchema: Statement = { text: `CREATE SCHEMA IF NOT EXISTS ${identifier(SCHEMA)}` };

/**
 * The whole table. `output` has the foreign keys that are to hold; `published`: the table has rows from before, which
 * monitors look at. Gives where its rows are.
 */
export async function rehearseBuild(
  work: Work,
  output: TableOutput,
  filler: Filler,
  published = false,
): Promise<{ readonly table: TableName; readonly counts: RowCounts }> {
  const table = { schema: SCHEMA, name: output.name };
  // Descriptions can't fail, and take most of the statements.
  const bare: TableOutput = { ...output, columns: [], statistics: [] };
  const { description: _, ...silent } = bare;
  const purpose: Purpose = { type: "publish", old: undefined };
  const filled = await filler.fill(work, table, [], (made) =>
    inPhase("constrain", shape(table, silent, made, purpose), tableOrigin(output, work.span)),
  );
  await checkMonitors(work, output, filled.rows, published);
  await verifyForeignKeys(work, output, { added: table, whole: table });
  return { table, counts: { rows: filled.rows } };
}

/** What the rows of a query are kept as. `columns`: where they are not to have the query's own names. */
export interface KeptAs {
  readonly name: string;
  readonly columns?: readonly string[] | undefined;
  /** The text is no query, but a call whose rows are meant. */
  readonly isCall?: boolean;
}

/** The rows of a query by itself, without any declaration. Gives where they are. */
export async function rehearseQuery(
  work: Work,
  query: Code & Rewritten,
  { name, columns = [], isCall = false }: KeptAs,
): Promise<TableName> {
  const table = { schema: SCHEMA, name };
  const prefix = `CREATE TABLE ${qualified(table)} ${columns.length > 0 ? `(${list(columns)}) ` : ""}AS ${isCall ? "SELECT * FROM " : ""}`;
  await runSteps(work, [{ text: prefix + query.text, origin: { code: query, offset: prefix.length } }]);
  return table;
}

/** The rows merged into the table, as a run does where there is one. */
export async function rehearseMerge(
  work: Work,
  action: MergeRows,
  output: TableOutput,
  filler: Filler,
  published = false,
): Promise<RowCounts> {
  const source = { schema: SCHEMA, name: output.name };
  const keyed = keyedBy(output, action.keys);
  const purpose: Purpose = { type: "merge", keys: action.keys };
  const filled = await filler.fill(work, source, [], (made) =>
    inPhase("constrain", shape(source, keyed, made, purpose), tableOrigin(keyed, work.span)),
  );
  await verifyKeys(work, source, keyed, action.keys);
  const counts = await merged(work, output, SCHEMA, {
    keys: action.keys,
    ...(action.updateColumns ? { updateColumns: action.updateColumns } : {}),
    deleteMissing: action.deleteMissing,
    rows: filled.rows,
  });
  if (work.planned.monitors.length > 0) {
    const rows = await countRows(work, output);
    const before = rows - (counts.inserted ?? 0) + (counts.deleted ?? 0);
    await failOn(work, output, rows, published ? before : undefined);
  }
  await verifyForeignKeys(work, output, { added: source, whole: output });
  await runSteps(work, [{ text: `DROP TABLE ${qualified(source)}` }]);
  return counts;
}

/** A person's statements, and what they were to make. */
export async function rehearseStatements(work: Work, action: RunStatements): Promise<RowCounts> {
  await runSteps(
    work,
    action.statements.map((code): Step => ({ text: code.text, phase: "build", origin: { code } })),
  );
  await runSteps(work, [{ text: "RESET ROLE" }]);
  const problems = await outputProblems(work, action.outputs);
  if (problems.length > 0) throw new DiagnosticError(problems);
  const tables = action.outputs.filter((output) => output.type === "table");
  let total = 0;
  for (const table of tables) {
    const [row] = await rowsOf(work.client, `SELECT pg_catalog.count(*) AS count FROM ${qualified(table)}`);
    const rows = row?.["count"] as number;
    total += rows;
    await checkMonitors(work, table, rows, false);
  }
  return tables.length > 0 ? { rows: total } : {};
}

async function verifyForeignKeys(
  work: Work,
  output: TableOutput,
  sides: { readonly added: TableName; readonly whole: TableName },
): Promise<void> {
  const problems = await foreignKeyProblems(work.client, output, sides, [], work.span);
  if (problems.length > 0) throw new DiagnosticError(problems);
}
