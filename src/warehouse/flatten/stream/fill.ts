/** The events through CTF's own process: document by document, never more than some of them at a time. */
import type { DocumentRows, EventColumn } from "../../../plan/types.ts";
import { tableText, type Column } from "../../../project/types.ts";
import { rowsOf, type Statement } from "../../session/batch.ts";
import { createEmpty } from "../../build/table.ts";
import { identifier, list, qualified } from "../../names.ts";
import { explainError, inPhase, runSteps } from "../../session/steps.ts";
import type { Work } from "../../work.ts";
import { digestsOf } from "../forms/digest.ts";
import type { Form, FormNode } from "../forms/form.ts";
import type { ReadForms } from "../forms/read.ts";
import { reasons, type Reason } from "../reasons.ts";
import { columnList, seenColumns, storable, storeFaults } from "../sql/beside.ts";
import type { Filling, Flat } from "../sql/fill.ts";
import { fileDocuments, tableDocuments, type GivenDocument } from "./documents.ts";
import { answersIn, isResponse, walkResponse } from "./fhir.ts";
import { fittingDocuments } from "./fitting.ts";
import { isMap, jsonText, readJson } from "./json.ts";
import { mappedDocuments } from "./mapped.ts";
import { answerFields, asSent, documentFields, fieldOf, indexField, nodeFields } from "./rows.ts";
import { Sink } from "./sink.ts";
import { branchesOf, walkDocument, type Branch } from "./walk.ts";
import { YoungSpace } from "./young_space.ts";

const REJECTS = 0;
const SEEN = 1;

/** In the transaction that is open. */
export async function fillStreamed(work: Work, filling: Filling, read: ReadForms): Promise<Flat> {
  const { rows, output, table, helpers, known } = filling;
  const origin = { table: tableText(output), span: work.span };
  const sent = asSent(rows.columns.filter((column) => !isSameForAll(column)));
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
  const sink = new Sink(work.client, `COPY ${qualified(table)} (${list(sent.map(({ name }) => name))})`, [
    `COPY ${qualified(helpers.rejects)}`,
    `COPY ${qualified(helpers.seen)}`,
  ]);
  const walk = walker({ ...rows, columns: sent }, read.forms, sink, work.record.run, clock?.["now"] as string);
  const stored = { digests: digestsOf(rows, read.forms), ...(known ? { known } : {}) };
  const given =
    rows.documents.from.type === "files"
      ? fittingDocuments(work, rows, fileDocuments(work, rows))
      : tableDocuments(work, rows, stored);
  const batches = rows.map ? mappedDocuments(work, rows.map, given) : given;
  const young = new YoungSpace();
  try {
    for await (const documents of batches) {
      work.signal.throwIfAborted();
      for (const document of documents) {
        walk.document(document);
        await sink.send();
      }
      young.look();
    }
    const events = await sink.end();
    await runSteps(work, inPhase("build", defaultsAsDeclared(filling), origin));
    return { events, leaves: walk.leaves(), ignored: walk.ignored() };
  } catch (error) {
    await sink.abandon();
    throw explainError(error, origin);
  } finally {
    young.release();
  }
}

/** What is the same in every row is no part of what is sent: PostgreSQL fills it in. */
const isSameForAll = ({ from }: EventColumn): boolean => from.type === "leaf" && from.part === "processed_on";

const defaultsAsDeclared = ({ rows, output, table, inserted }: Filling): readonly Statement[] =>
  rows.columns.filter(isSameForAll).map(({ name }) => {
    const declared = inserted ? output.columns.find((column) => column.name === name)?.default : undefined;
    const change = declared === undefined ? "DROP DEFAULT" : `SET DEFAULT ${declared}`;
    return { text: `ALTER TABLE ${qualified(table)} ALTER COLUMN ${identifier(name)} ${change}` };
  });

/** A table that only brings rows to another has no more columns than they have. */
function columnsOf({ rows, output, inserted }: Filling): readonly Column[] {
  const given = new Set(rows.columns.map(({ name }) => name));
  const same = new Set(rows.columns.filter(isSameForAll).map(({ name }) => name));
  return output.columns
    .filter(({ name }) => inserted || given.has(name))
    .map(({ identity, default: value, ...column }) => ({
      ...column,
      notNull: false,
      ...(inserted && identity !== undefined && { identity }),
      ...(inserted && value !== undefined && { default: value }),
      ...(same.has(column.name) && { default: "pg_catalog.now()" }),
    }));
}

function walker(rows: DocumentRows, forms: readonly Form[], sink: Sink, run: string, now: string) {
  const answered = answerFields(rows.columns);
  const fields = (node: FormNode): string => nodeFields(rows.columns, node);
  const roots = new Map(forms.map((form) => [form.key, branchesOf(form, fields)]));
  const only = rows.documents.formKey === undefined ? roots.values().next().value : undefined;
  const fhir = rows.documents.format === "fhir";
  const walk = fhir ? walkResponse<string> : walkDocument<string>;
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
      if (rows.which === "changed") sink.addBeside(SEEN, `${[given.key, given.digest, run].map(fieldOf).join("\t")}\n`);
      const ready = readyDocument(given, only ?? roots.get(given.formKey ?? ""), fhir);
      if ("fault" in ready) {
        leaves++;
        return reject(given, ready.fault, given.text, null, null);
      }
      leaves += fhir ? answersIn(ready.document) : ready.leaves;
      const carried = documentFields(given.carried);
      walk(ready.root, ready.document, rows, {
        event: ({ extra, node }, index, value, whole) =>
          sink.add(carried + extra + answered(node.answer!.is, index, value, whole)),
        reject: (path, index, value, reason) => reject(given, reason, jsonText(value), path, index),
        ignore: () => void ignored++,
      });
    },
    leaves: () => leaves,
    ignored: () => ignored,
  };
}

/** The document with its form, or why it can't be walked: the first reason, as the other engine gives it. */
function readyDocument(given: GivenDocument, root: Branch<string> | undefined, fhir: boolean) {
  if (given.fault) return { fault: given.fault };
  if (given.text === null) return { fault: "no_document" as const };
  const read = given.read ?? readJson(given.text);
  if ("fault" in read) return { fault: read.fault };
  if (!isMap(read.value)) return { fault: "not_an_object" as const };
  if (fhir && !isResponse(read.value)) return { fault: "other_resource" as const };
  if (!root) return { fault: "unknown_form" as const };
  return { root, document: read.value, leaves: read.leaves };
}
