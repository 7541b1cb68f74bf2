/** The forms of a transform, read in whole: they are few, and the documents many. */
import { DiagnosticError } from "../../../diagnostics/diagnostic.ts";
import type { DocumentFiles, DocumentRows, Forms } from "../../../plan/types.ts";
import { tableText } from "../../../project/types.ts";
import { rowsOf } from "../../session/batch.ts";
import { identifier, qualified } from "../../names.ts";
import { explainError } from "../../session/steps.ts";
import type { Work } from "../../work.ts";
import { severalForms } from "../codes.ts";
import { fileLines } from "../stream/lines.ts";
import type { Form, FormFault, Reading } from "./form.ts";
import { formOfPaths } from "./paths.ts";
import { questionnaireNode } from "./fhir.ts";
import { isObject, readForm, treeNode } from "./tree.ts";

export interface ReadForms {
  readonly forms: readonly Form[];
  /** Of what could not even be told apart as a form. */
  readonly faults: readonly FormFault[];
}

/** One form of all documents goes by this key. */
const ONLY = "";

interface StoredForm {
  readonly key: string | null;
  readonly schema: string | null;
}

export async function readForms(work: Work, rows: DocumentRows): Promise<ReadForms> {
  const { forms } = rows;
  const reading: Reading = { types: rows.types, ignore: rows.ignore };
  if (forms.type === "paths") return { forms: [formOfPaths(ONLY, forms.paths, reading)], faults: [] };
  const stored = await storedForms(work, forms);
  if (forms.key === undefined && stored.length > 1) {
    throw new DiagnosticError([
      severalForms({
        message: `there are ${stored.length} forms, and the definition does not say which one a document answers`,
        span: work.span,
        hint: 'Name the columns that say it: "schema_key" of the documents, and "key" of the schema.',
      }),
    ]);
  }
  return told(stored, forms, reading);
}

async function storedForms(
  work: Work,
  { from, key, column }: Extract<Forms, { type: "stored" }>,
): Promise<readonly StoredForm[]> {
  if (from.type === "files") return formsInFiles(work, from, key, column);
  const own = key === undefined ? `''` : `f.${identifier(key)}::text`;
  const text = `SELECT ${own} AS key, f.${identifier(column!)}::text AS schema FROM ${qualified(from.table)} f`;
  try {
    return (await rowsOf(work.client, text)) as unknown as readonly StoredForm[];
  } catch (error) {
    throw explainError(error, { table: tableText(from.table), span: work.span });
  }
}

async function formsInFiles(
  work: Work,
  from: DocumentFiles,
  key: string | undefined,
  column: string | undefined,
): Promise<readonly StoredForm[]> {
  const stored: StoredForm[] = [];
  for await (const lines of fileLines(work, from)) {
    for (const { text } of lines) {
      const line = parsed(text);
      const own = isObject(line) ? line : {};
      const schema = column === undefined ? text : JSON.stringify(own[column] ?? null);
      const name = key === undefined ? ONLY : own[key];
      stored.push({ key: typeof name === "string" || typeof name === "number" ? String(name) : null, schema });
    }
  }
  return stored;
}

function told(
  stored: readonly StoredForm[],
  { nodes, format }: Extract<Forms, { type: "stored" }>,
  reading: Reading,
): ReadForms {
  const read = format === "fhir" ? questionnaireNode : treeNode(nodes);
  const holders = new Map<string | null, number>();
  for (const { key } of stored) holders.set(key, (holders.get(key) ?? 0) + 1);
  const faults: FormFault[] = [];
  const forms: Form[] = [];
  for (const { key, schema } of stored) {
    const fault = (reason: FormFault["reason"]) => faults.push({ form: key, path: null, reason, raw: schema ?? "" });
    if (key === null) fault("no_form_key");
    else if (holders.get(key)! > 1) fault("repeated_form");
    else {
      const tree = parsed(schema);
      if (!isObject(tree)) fault("malformed");
      else if (format === "fhir" && tree["resourceType"] !== "Questionnaire") fault("other_resource");
      else forms.push(readForm(key, tree, read, reading));
    }
  }
  return { forms, faults: [...faults, ...forms.flatMap((form) => form.faults)] };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
