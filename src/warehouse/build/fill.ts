/** The rows of a new table: from a SELECT, from files, from documents, or from a python function. */
import type { Rows } from "../../plan/types.ts";
import type { TableOutput } from "../../project/types.ts";
import { fromDocuments } from "../flatten/filler.ts";
import { fromFiles } from "../load/filler.ts";
import type { Filler } from "./filler.ts";
import { fromPython } from "./from_python.ts";
import { fromQuery } from "./from_query.ts";
import type { Purpose } from "./purpose.ts";

/** `merge`: the table only brings rows to another, which has defaults and numbers rows of its own. */
export function fillerOf(rows: Rows, output: TableOutput, purpose: Purpose): Filler {
  if (rows.type === "query") return fromQuery(rows, output, purpose.type === "merge");
  if (rows.type === "files") return fromFiles(rows, output, purpose);
  if (rows.type === "documents")
    return fromDocuments(rows, output, {
      merge: purpose.type === "merge",
      further: purpose.type === "merge" && purpose.beside !== undefined,
    });
  return fromPython(rows, output, purpose.type === "merge");
}
