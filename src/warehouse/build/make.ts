import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Rows } from "../../plan/types.ts";
import type { TableName, TableOutput } from "../../project/types.ts";
import { batch, type Row, type Statement } from "../session/batch.ts";
import { qualified } from "../names.ts";
import { nothingCarried, type CarriedOver } from "../publish/around/by_hand.ts";
import { askWhatThereIs, carryOver, handOver, isHandedOver } from "../publish/around/carry.ts";
import { setOnColumns, type SetOnColumns } from "../publish/around/columns.ts";
import { applyDefaultPrivileges } from "../publish/around/kept/grants.ts";
import { refuseChangesOutside } from "../environments/guard.ts";
import { admit, handIn, refuseOthers, showOut, takeOver } from "../isolation/build.ts";
import { foreignKeyProblems, keysToHold, othersPublished } from "../publish/foreign_keys.ts";
import { askForOlder, olderTransactions } from "../publish/snapshots.ts";
import { built, started } from "../records/transform_run.ts";
import { inPhase, runSteps, tableOrigin, type Step } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { buildSchema, closedSchema, rememberBuild, type Build } from "./build.ts";
import { fillerOf } from "./fill.ts";
import { checkMonitors } from "./monitors.ts";
import type { Purpose } from "./purpose.ts";
import { keyedBy, shape } from "./shape.ts";
import { grant } from "./table.ts";

export const settingStatements = (work: Work): readonly Statement[] =>
  Object.entries(work.planned.settings).map(([name, value]) => ({
    text: "SELECT pg_catalog.set_config($1, $2, true)",
    values: [name, value],
  }));

/**
 * Builds the table in closed schema `ctf_build_<number>`, in one transaction: filled, constrained, indexed, commented,
 * analyzed, monitored. @throws DiagnosticError with nothing left behind
 */
export async function buildTable(
  work: Work,
  rows: Rows,
  output: TableOutput,
  number: number,
  purpose: Purpose,
  filler = fillerOf(rows, output, purpose),
): Promise<Build> {
  const table: TableName = { schema: buildSchema(number), name: output.name };
  const shaped = purpose.type === "merge" ? keyedBy(output, purpose.keys) : output;
  const start = started(work.record, buildSchema(number));
  const isQuery = rows.type === "query";
  // To plan a query takes a moment; to look at files, documents or for a guest may take longer.
  const along = isQuery && !work.guest;
  if (!along) await runSteps(work, [start]);
  const guest = isQuery ? await admit(work, number) : undefined;
  const builder = guest ?? work;
  await filler.prepare(builder);
  const old = purpose.type === "publish" ? purpose.old : undefined;
  const begin: readonly Step[] = [{ text: "BEGIN", phase: "build" }, ...settingStatements(work)];
  const open: readonly Step[] = guest
    ? begin
    : [...(along ? [{ text: "BEGIN" }, start, { text: "COMMIT" }] : []), ...begin, ...closedSchema(work, number)];
  const look: readonly Step[] = [
    { text: madeOnTable, values: [qualified(table)] },
    // What CTF itself reads to verify is never to be cut down by row security without a word.
    { text: "SET LOCAL row_security TO off" },
    ...(old ? askWhatThereIs(old) : []),
  ];
  try {
    const filled = await filler.fill(builder, table, open, (made) => [
      ...inPhase("constrain", shape(table, shaped, made, purpose), tableOrigin(shaped, work.span)),
      ownTransaction,
      ...(guest ? [] : look),
    ]);
    await refuseChangesOutside(builder);
    if (guest) await runSteps(guest, handIn);
    const taken = guest ? await runSteps(work, [...begin, ...takeOver(work, table), ...look]) : [];
    if (guest) refuseOthers(work, taken[begin.length]?.rows ?? []);
    const facts = [...filled.behind, ...taken];
    const fact = (name: string) => facts.find(({ rows: [row] }) => row && name in row)?.rows[0]?.[name];
    const there = facts.at(-1)?.rows[0];
    const carried = purpose.type === "publish" ? await settleIn(work, output, table, purpose, there) : nothingCarried;
    const analyze = inPhase("analyze", [{ text: `ANALYZE ${qualified(table)}` }]);
    const verified = purpose.type === "publish" && hasToVerify(work, output, purpose);
    if (verified) await runSteps(work, analyze);
    const published = verified ? await verify(work, output, table, filled.rows, purpose) : "";
    const build: Build = {
      number,
      purpose: purpose.type,
      transaction: fact("transaction") as string,
      rows: filled.rows,
      made: fact("made") as readonly string[],
      setOnColumns: fact("setOnColumns") as SetOnColumns,
      foreignKeys: carried.foreignKeys,
      oldState: old?.state ?? null,
      othersPublished: published,
      ...(filled.loaded ? { loaded: filled.loaded } : {}),
      ...(filled.flattened ? { flattened: filled.flattened } : {}),
    };
    const ended = await runSteps(work, [
      ...(verified ? [] : analyze),
      rememberBuild(build),
      ...(old && isHandedOver(old) ? handOver(table, old) : []),
      built(work.record, filled.rows, filled.explain),
      ...(guest ? showOut(work) : []),
      { text: "COMMIT" },
      ...(purpose.type === "publish" ? [askForOlder(build.transaction)] : []),
    ]);
    if (purpose.type !== "publish") return build;
    return { ...build, older: olderTransactions(ended.at(-1)), old: { relation: old } };
  } catch (error) {
    for (const { client } of new Set([builder, work])) await batch(client, [{ text: "ROLLBACK" }]).catch(() => {});
    throw error;
  }
}

/** What the old table has beside its declaration, or what a new table in the target schema would get; then the grants. */
async function settleIn(
  work: Work,
  output: TableOutput,
  table: TableName,
  { old }: Extract<Purpose, { type: "publish" }>,
  there: Row | undefined,
): Promise<CarriedOver> {
  const carried = old ? await carryOver(work, old, output, table, there) : nothingCarried;
  carried.warnings.forEach(work.warn);
  if (!old) await applyDefaultPrivileges(work.client, qualified(table), output.schema);
  await runSteps(work, inPhase("constrain", grant(table, output.grants), tableOrigin(output, work.span)));
  return carried;
}

const hasToVerify = (work: Work, output: TableOutput, { kept }: Extract<Purpose, { type: "publish" }>): boolean =>
  work.planned.monitors.length > 0 || output.foreignKeys.length > 0 || keysToHold(work.planned, kept).length > 0;

/** Monitors and foreign keys. Gives the publishes of other tables that the foreign keys were verified against. */
async function verify(
  work: Work,
  output: TableOutput,
  table: TableName,
  rows: number,
  { old, kept = [] }: Extract<Purpose, { type: "publish" }>,
): Promise<string> {
  await checkMonitors(work, output, rows, old !== undefined);
  const referencedBy = keysToHold(work.planned, kept);
  const published = await othersPublished(work.client, output, referencedBy);
  const sides = { added: table, whole: table };
  const problems = await foreignKeyProblems(work.client, output, sides, referencedBy, work.span);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return published;
}

const ownTransaction: Statement = {
  text: "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.xid::text AS transaction",
  values: [],
};

/** The names of all that was made on the table, and what stands on its columns. */
const madeOnTable = `
SELECT coalesce(pg_catalog.jsonb_agg(n.name), '[]') AS made, ${setOnColumns("$1::pg_catalog.regclass")} AS "setOnColumns"
FROM (
  SELECT c.relname AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = $1::pg_catalog.regclass
  UNION SELECT k.conname FROM pg_catalog.pg_constraint k WHERE k.conrelid = $1::pg_catalog.regclass AND k.contype <> 'n'
  UNION SELECT s.stxname FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = $1::pg_catalog.regclass
) n`;
