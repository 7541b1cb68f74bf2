/** The events inside PostgreSQL: documents once, then a statement for the events, then what is left over. */
import type { DocumentRows } from "../../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../../project/types.ts";
import { rowsOf, type Statement } from "../../session/batch.ts";
import { createEmpty } from "../../build/table.ts";
import { withoutValues } from "../../build/explain.ts";
import { list, qualified } from "../../names.ts";
import { inPhase, runSteps } from "../../session/steps.ts";
import type { Work } from "../../work.ts";
import { digestsOf } from "../forms/digest.ts";
import type { JsonType } from "../json_columns.ts";
import type { ReadForms } from "../forms/read.ts";
import { storeFaults, storeRejects } from "./beside.ts";
import { anyDoubtful, settleDoubtful, storeDocuments, storeSeen } from "./documents.ts";
import { anyLists, selectEvents, selectListed, selectRepeated, type Shape } from "./events.ts";
import { deepest, storeForms } from "./forms.ts";
import { analyze, drop, type Helpers } from "./helpers.ts";
import { planned } from "./planner.ts";
import { canAsk, createReader, removeReader } from "./text_documents.ts";
import { createRepeated, storeRepeated } from "./sections.ts";
import { indexDocuments, storeOdd, storeOpen, storeRest, storeUnknown, storeUnsettled } from "./rest.ts";

export interface Flat {
  readonly events: number;
  readonly leaves: number;
  readonly ignored: number;
  readonly explain?: string;
}

export interface Filling {
  readonly rows: DocumentRows;
  readonly output: TableOutput;
  /** Where the events go. */
  readonly table: TableName;
  readonly helpers: Helpers;
  readonly type: JsonType;
  readonly major: number;
  readonly known?: TableName;
  /** The table takes its defaults and numbers itself. */
  readonly inserted: boolean;
}

/** In the transaction that is open. */
export async function fillInside(work: Work, filling: Filling, read: ReadForms): Promise<Flat> {
  const { rows, output, helpers, type, major } = filling;
  const origin = { table: tableText(output), span: work.span };
  const steps = (statements: readonly Statement[]) => runSteps(work, inPhase("build", statements, origin));
  await storeForms(work.client, read.forms, helpers);
  const digests = digestsOf(rows, read.forms);
  const stored = { jsonb: type === "jsonb", major, digests, ...(filling.known ? { known: filling.known } : {}) };
  const tried = !stored.jsonb && !canAsk(major);
  if (tried) await steps([createReader(major)]);
  await planned(work, () => steps([storeDocuments(rows, helpers, stored)]));
  if (tried) await steps([removeReader]);
  else if (!stored.jsonb && (await rowsOf(work.client, anyDoubtful(helpers)))[0]?.["doubtful"] === true) {
    await steps([createReader(major), settleDoubtful(helpers), removeReader]);
  }
  // The documents themselves would take long, and tell the planner nothing.
  await steps([analyze(helpers.documents, "n, form, fault")]);
  const shape: Shape = { columns: rows.columns, levels: deepest(read.forms) };
  const plain = await makeEvents(work, filling, selectEvents(shape, helpers));
  const [sum] = await rowsOf(
    work.client,
    `SELECT coalesce(pg_catalog.sum(d.leaves), 0)::int8 AS leaves FROM ${qualified(helpers.documents)} d`,
  );
  const leaves = sum?.["leaves"] as number;
  const listed = leaves === plain.events ? 0 : await makeListed(work, filling, shape);
  const events = plain.events + listed;
  const complete = leaves === events;
  if (!complete && listed > 0) await findOpen(work, filling);
  const ignored = complete ? 0 : await findRest(work, filling, shape);
  await storeFaults(work, helpers, read.faults);
  await steps([
    ...(complete ? [] : [storeRejects(work.record.run, helpers)]),
    ...(rows.which === "changed" ? [storeSeen(helpers, work.record.run)] : []),
    drop(
      helpers.forms,
      helpers.nodes,
      helpers.sections,
      helpers.asked,
      helpers.documents,
      helpers.open,
      helpers.repeated,
      helpers.inside,
      helpers.unknown,
      helpers.unsettled,
      helpers.odd,
      helpers.rest,
    ),
  ]);
  return { explain: plain.explain, events, leaves, ignored };
}

/** The answers that stand in no list: mostly all. */
async function makeEvents(
  work: Work,
  { output, table, inserted, rows }: Filling,
  query: string,
): Promise<{ readonly events: number; readonly explain: string }> {
  const origin = { table: tableText(output), span: work.span };
  const statements = inserted
    ? [createEmpty(table, output.columns), insert(table, output, rows, query)]
    : [{ text: `CREATE TABLE ${qualified(table)} AS ${query}` }];
  return planned(
    work,
    async () => {
      const [explained] = await runSteps(
        work,
        inPhase("explain", [{ text: `EXPLAIN (FORMAT JSON) ${query}` }], origin),
      );
      const plan = explained?.rows[0]?.["QUERY PLAN"] as readonly [
        { Plan: { "Total Cost": number; "Plan Rows": number } },
      ];
      const explain = JSON.stringify(withoutValues(plan, query));
      work.explained(plan[0].Plan["Total Cost"], plan[0].Plan["Plan Rows"], explain);
      const results = await runSteps(work, inPhase("build", statements, origin));
      return { events: results.at(-1)?.count ?? 0, explain };
    },
    { documentsOutside: true },
  );
}

function insert(table: TableName, output: TableOutput, { columns }: DocumentRows, query: string): Statement {
  const names = columns.map(({ name }) => name);
  const overriding = output.columns.some(({ name, identity }) => identity && names.includes(name));
  return {
    text: `INSERT INTO ${qualified(table)} (${list(names)})${overriding ? " OVERRIDING SYSTEM VALUE" : ""} ${query}`,
  };
}

/** Answers in lists, where there are any. Gives how many. */
async function makeListed(work: Work, filling: Filling, shape: Shape): Promise<number> {
  const { helpers, output, table, rows } = filling;
  await findOpen(work, filling);
  const [some] = await rowsOf(work.client, anyLists(helpers));
  const origin = { table: tableText(output), span: work.span };
  const steps = (statements: readonly Statement[]) => runSteps(work, inPhase("build", statements, origin));
  if (some?.["lists"] !== true) return steps([createRepeated(helpers)]).then(() => 0);
  await planned(work, () => steps(storeRepeated(shape.levels, helpers)), { documentsOutside: true });
  const queries = [selectRepeated(shape, helpers), selectListed(shape, helpers)];
  const results = await planned(work, () => steps(queries.map((query) => insert(table, output, rows, query))));
  return results.reduce((sum, { count }) => sum + count, 0);
}

/** The documents of which some leaf is no event yet. */
async function findOpen(work: Work, { helpers, rows, output, table }: Filling): Promise<void> {
  const key = { name: rows.key, n: rows.columns.findIndex(({ name }) => name === rows.key) };
  const steps = [drop(helpers.open), ...storeOpen(helpers, table, key), indexDocuments(helpers)];
  await planned(work, () => runSteps(work, inPhase("build", steps, { table: tableText(output), span: work.span })));
}

/** Goes after the leaves that are no events. Gives how many of them are ignored. */
async function findRest(work: Work, { helpers, rows, output }: Filling, { levels }: Shape): Promise<number> {
  const origin = { table: tableText(output), span: work.span };
  const steps = (statements: readonly Statement[]) => runSteps(work, inPhase("build", statements, origin));
  await planned(work, () => steps(storeUnknown(helpers, levels)), { documentsOutside: true });
  await planned(work, () => steps(storeUnsettled(helpers)));
  await planned(work, () => steps([storeOdd(helpers, levels)]), { documentsOutside: true });
  await planned(work, () => steps([storeRest(helpers, rows.ignore)]));
  const [sum] = await rowsOf(
    work.client,
    `SELECT pg_catalog.count(*) AS ignored FROM ${qualified(helpers.rest)} r WHERE r.ignored`,
  );
  return sum?.["ignored"] as number;
}
