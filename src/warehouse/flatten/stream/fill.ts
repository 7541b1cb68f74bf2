/** The events through CTF's own process: document by document, never more than some of them at a time. */
import type { DocumentRows } from "../../../plan/types.ts";
import { tableText, type Column } from "../../../project/types.ts";
import { rowsOf } from "../../batch.ts";
import { createEmpty } from "../../build/table.ts";
import { list, qualified } from "../../names.ts";
import { explainError, inPhase, runSteps } from "../../steps.ts";
import type { Work } from "../../work.ts";
import { digestOf } from "../forms/digest.ts";
import type { Form, FormNode } from "../forms/form.ts";
import type { ReadForms } from "../forms/read.ts";
import { reasons, type Reason } from "../reasons.ts";
import { columnList, seenColumns, storable, storeFaults } from "../sql/beside.ts";
import type { Filling, Flat } from "../sql/fill.ts";
import { fileDocuments, tableDocuments, type GivenDocument } from "./documents.ts";
import { answersIn, walkResponse } from "./fhir.ts";
import { isMap, jsonText, readJson } from "./json.ts";
import { fieldOf, indexField, nodeFields, rowMaker, type NodeFields } from "./rows.ts";
import { Sink } from "./sink.ts";
import { branchesOf, walkDocument, type Branch } from "./walk.ts";

const REJECTS = 0;
const SEEN = 1;

/** In the transaction that is open. */
export async function fillStreamed(work: Work, filling: Filling, read: ReadForms): Promise<Flat> {
  const { rows, output, table, helpers, known } = filling;
  const origin = { table: tableText(output), span: work.span };
  const names = rows.columns.map(({ name }) => name);
  await storeFaults(work, helpers, read.faults);
  await runSteps(
    work,
    inPhase(
      "build",
      [
        createEmpty(table, columnsOf(filling)),
        ...(rows.which === "changed"
          ? [{ text: `CREATE UNLOGGED TABLE ${qualified(helpers.seen)} (${columnList(seenColumns)})` }]
          : []),
      ],
      origin,
    ),
  );
  const [clock] = await rowsOf(work.client, "SELECT pg_catalog.now()::text AS now");
  const sink = new Sink(work.client, `COPY ${qualified(table)} (${list(names)})`, [
    `COPY ${qualified(helpers.rejects)}`,
    `COPY ${qualified(helpers.seen)}`,
  ]);
  const walk = walker(rows, read.forms, sink, work.record.run, clock?.["now"] as string);
  const stored = { jsonb: filling.type === "jsonb", digest: digestOf(rows, read.forms), ...(known ? { known } : {}) };
  const batches = rows.documents.from.type === "files" ? fileDocuments(work, rows) : tableDocuments(work, rows, stored);
  try {
    for await (const documents of batches) {
      work.signal.throwIfAborted();
      for (const document of documents) {
        walk.document(document);
        await sink.send();
      }
    }
    const events = await sink.end();
    return { events, leaves: walk.leaves(), ignored: walk.ignored() };
  } catch (error) {
    await sink.abandon();
    throw explainError(error, origin);
  }
}

/** A table that only brings rows to another has no more columns than they have. */
function columnsOf({ rows, output, inserted }: Filling): readonly Column[] {
  const given = new Set(rows.columns.map(({ name }) => name));
  return output.columns
    .filter(({ name }) => inserted || given.has(name))
    .map(({ identity, default: value, ...column }) => ({
      ...column,
      notNull: false,
      ...(inserted && identity !== undefined && { identity }),
      ...(inserted && value !== undefined && { default: value }),
    }));
}

function walker(rows: DocumentRows, forms: readonly Form[], sink: Sink, run: string, now: string) {
  const row = rowMaker(rows.columns, now);
  const fields = (node: FormNode): NodeFields => nodeFields(rows.columns, node);
  const roots = new Map(forms.map((form) => [form.key, branchesOf(form, fields)]));
  const only = rows.documents.formKey === undefined ? roots.values().next().value : undefined;
  const fhir = rows.documents.format === "fhir";
  const walk = fhir ? walkResponse<NodeFields> : walkDocument<NodeFields>;
  let leaves = 0;
  let ignored = 0;

  const reject = (
    { key, formKey, file, line }: GivenDocument,
    reason: Reason,
    raw: string | null,
    path: string | null,
    index: readonly number[] | null,
  ): void => {
    const values = [
      run,
      key,
      formKey,
      file,
      line === undefined ? null : String(line),
      path,
      index && indexField(index),
      reason,
      reasons[reason],
      raw === null ? null : storable(raw),
      now,
    ];
    sink.addBeside(REJECTS, `${values.map(fieldOf).join("\t")}\n`);
  };

  return {
    document(given: GivenDocument): void {
      if (given.digest != null) sink.addBeside(SEEN, `${[given.key, given.digest, run].map(fieldOf).join("\t")}\n`);
      const ready = readyDocument(given, only ?? roots.get(given.formKey ?? ""));
      if ("fault" in ready) {
        leaves++;
        return reject(given, ready.fault, given.text, null, null);
      }
      leaves += fhir ? answersIn(ready.document) : ready.leaves;
      const carried = given.carried.map(fieldOf);
      walk(ready.root, ready.document, rows, {
        event: ({ extra, node }, index, value, whole) =>
          sink.add(row(extra, carried, node.answer!.is, index, value, whole)),
        reject: (path, index, value, reason) => reject(given, reason, jsonText(value), path, index),
        ignore: () => void ignored++,
      });
    },
    leaves: () => leaves,
    ignored: () => ignored,
  };
}

/** The document with its form, or why it can't be walked: the first reason, as the other engine gives it. */
function readyDocument(given: GivenDocument, root: Branch<NodeFields> | undefined) {
  if (given.fault) return { fault: given.fault };
  if (given.text === null) return { fault: "no_document" as const };
  const read = given.read ?? readJson(given.text);
  if ("fault" in read) return { fault: read.fault };
  if (!isMap(read.value)) return { fault: "not_an_object" as const };
  if (!root) return { fault: "unknown_form" as const };
  return { root, document: read.value, leaves: read.leaves };
}
