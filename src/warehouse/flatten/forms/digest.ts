import { createHash } from "node:crypto";
import type { DocumentRows } from "../../../plan/types.ts";
import type { Form } from "./form.ts";

/** Of all that decides what a document becomes, but the document itself. */
export function digestOf(rows: DocumentRows, forms: readonly Form[]): string {
  const { rejects: _, questions: __, seen: ___, ...how } = rows;
  return createHash("sha256")
    .update(JSON.stringify([how, forms]))
    .digest("hex")
    .slice(0, 32);
}
