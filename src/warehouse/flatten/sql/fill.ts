/** The events inside PostgreSQL: documents once, then one statement for the events, then what is left over. */
import { DiagnosticError } from "../../../diagnostics/diagnostic.ts";
import type { DocumentRows, DocumentTable } from "../../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../../project/types.ts";
import { rowsOf } from "../../batch.ts";
import { createEmpty } from "../../build/table.ts";
import { withoutValues } from "../../build/explain.ts";
import { describe } from "../../describe.ts";
import { identifier, list, qualified } from "../../names.ts";
import { explainError, inPhase, runSteps } from "../../steps.ts";
import type { Work } from "../../work.ts";
import { notDocuments } from "../codes.ts";
import { digestOf } from "../forms/digest.ts";
import type { ReadForms } from "../forms/read.ts";
import { storeFaults, storeRejects, storeSeen } from "./beside.ts";
import { createReader, removeReader, storeDocuments } from "./documents.ts";
import { anyLists, anyRepeats, selectEvents, type Shape } from "./events.ts";
import { deepest, storeForms } from "./forms.ts";
import { analyze, drop, type Helpers } from "./helpers.ts";
import { storeOpen, storeRest } from "./rest.ts";

export interface Flat {
  readonly events: number;
  readonly leaves: number;
  readonly ignored: number;
  readonly explain?: string;
}

const JSON_TYPES: Readonly<Record<number, "jsonb" | "json" | "text">> = {
  3802: "jsonb",
  114: "json",
  25: "text",
  1043: "text",
};

/** Of the column with the documents. @throws DiagnosticError where it is not there, or holds no JSON */
export async function documentType(work: Work, { documents }: DocumentRows): Promise<"jsonb" | "json" | "text"> {
  const { table } = documents.from as DocumentTable;
  const columns = [documents.column!, documents.key, ...(documents.formKey === undefined ? [] : [documents.formKey])];
  const [described] = await describe(work.client, `SELECT ${list(columns)} FROM ${qualified(table)}`).catch(
    (error: unknown) => {
      throw explainError(error, { table: tableText(table), span: work.span });
    },
  );
  const type = JSON_TYPES[described?.typeOid ?? 0];
  if (type) return type;
  const message = `${tableText(table)}.${documents.column} is not jsonb, json or text, so it holds no documents`;
  throw new DiagnosticError([notDocuments({ message, span: work.span, hint: "Name the column that has them." })]);
}

export interface Filling {
  readonly rows: DocumentRows;
  readonly output: TableOutput;
  /** Where the events go. */
  readonly table: TableName;
  readonly helpers: Helpers;
  readonly type: "jsonb" | "json" | "text";
  readonly major: number;
  readonly known?: TableName;
  /** The table takes its defaults and numbers itself. */
  readonly inserted: boolean;
}

/** In the transaction that is open. */
export async function fillInside(work: Work, filling: Filling, read: ReadForms): Promise<Flat> {
  const { rows, output, helpers, type, major } = filling;
  const origin = { table: tableText(output), span: work.span };
  await storeForms(work.client, read.forms, helpers);
  const digest = digestOf(rows, read.forms);
  const stored = { jsonb: type === "jsonb", digest, ...(filling.known ? { known: filling.known } : {}) };
  const reader = type === "jsonb" ? [] : [createReader(major)];
  await runSteps(
    work,
    inPhase(
      "build",
      [
        ...reader,
        storeDocuments(rows, helpers, stored),
        ...(reader.length > 0 ? [removeReader] : []),
        analyze(helpers.documents),
      ],
      origin,
    ),
  );
  const shape = await shapeOf(work, filling, deepest(read.forms));
  const made = await makeEvents(work, filling, selectEvents(shape, helpers));
  const [sum] = await rowsOf(
    work.client,
    `SELECT coalesce(pg_catalog.sum(d.leaves), 0)::int8 AS leaves FROM ${qualified(helpers.documents)} d`,
  );
  const leaves = sum?.["leaves"] as number;
  const complete = leaves === made.events;
  const ignored = complete ? 0 : await findRest(work, filling);
  await storeFaults(work, helpers, read.faults);
  const beside = [
    ...(complete ? [] : [storeRejects(work.record.run, helpers)]),
    ...(rows.which === "changed" ? [storeSeen(helpers, work.record.run)] : []),
    drop(helpers.forms, helpers.nodes, helpers.documents, helpers.open, helpers.rest),
  ];
  await runSteps(work, inPhase("build", beside, origin));
  return { ...made, leaves, ignored };
}

/** Without lists the statement is a simpler one. */
async function shapeOf(work: Work, { rows: { columns }, helpers }: Filling, levels: number): Promise<Shape> {
  const [some] = await rowsOf(work.client, anyLists(helpers));
  if (some?.["lists"] !== true) return { columns, levels, lists: false, repeats: false };
  const [inSections] = await rowsOf(work.client, anyRepeats({ levels, columns }, helpers));
  return { columns, levels, lists: true, repeats: inSections?.["repeats"] === true };
}

/** Goes after the leaves that are no events. Gives how many of them are ignored. */
async function findRest(work: Work, { rows, output, table, helpers }: Filling): Promise<number> {
  const key = { name: rows.key, n: rows.columns.findIndex(({ name }) => name === rows.key) };
  const steps = [
    storeOpen(helpers, table, key),
    analyze(helpers.open),
    storeRest(helpers, rows.ignore),
    { text: `SELECT pg_catalog.count(*) AS ignored FROM ${qualified(helpers.rest)} r WHERE r.ignored` },
  ];
  const found = await runSteps(work, inPhase("build", steps, { table: tableText(output), span: work.span }));
  return found.at(-1)?.rows[0]?.["ignored"] as number;
}

async function makeEvents(
  work: Work,
  { output, table, inserted, rows }: Filling,
  query: string,
): Promise<{ readonly events: number; readonly explain: string }> {
  const origin = { table: tableText(output), span: work.span };
  const [explained] = await runSteps(work, inPhase("explain", [{ text: `EXPLAIN (FORMAT JSON) ${query}` }], origin));
  const plan = explained?.rows[0]?.["QUERY PLAN"] as readonly [{ Plan: { "Total Cost": number; "Plan Rows": number } }];
  const explain = JSON.stringify(withoutValues(plan, query));
  work.explained(plan[0].Plan["Total Cost"], plan[0].Plan["Plan Rows"], explain);
  const names = rows.columns.map(({ name }) => name);
  const overriding = output.columns.some(({ name, identity }) => identity && names.includes(name));
  const statements = inserted
    ? [
        createEmpty(table, output.columns),
        {
          text: `INSERT INTO ${qualified(table)} (${names.map(identifier).join(", ")})${overriding ? " OVERRIDING SYSTEM VALUE" : ""} ${query}`,
        },
      ]
    : [{ text: `CREATE TABLE ${qualified(table)} AS ${query}` }];
  const results = await runSteps(work, inPhase("build", statements, origin));
  return { events: results.at(-1)?.count ?? 0, explain };
}
