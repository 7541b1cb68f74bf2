/** Of all that decides what a document becomes, but the document itself: with another, it is flattened anew. */
import { createHash } from "node:crypto";
import type { DocumentRows } from "../../../plan/types.ts";
import type { Form } from "./form.ts";

export interface Digests {
  readonly definition: string;
  /** By the form's key. A new form, or a change to one, is none to the documents of the others. */
  readonly forms: Readonly<Record<string, string>>;
}

export function digestsOf(rows: DocumentRows, forms: readonly Form[]): Digests {
  const { rejects: _, questions: __, seen: ___, ...definition } = rows;
  return {
    definition: digestOf(definition),
    forms: Object.fromEntries(forms.map((form) => [form.key, digestOf(nodesOf(form))])),
  };
}

/** Without what only the table of questions shows. */
const nodesOf = ({ nodes }: Form): readonly unknown[] =>
  nodes.map(({ labels: _, show: __, viewOnly: ___, ...node }) => node);

const digestOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
