/** What a definition says of documents, held against its inputs' columns and its own. */
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { DocumentRows } from "../plan/types.ts";
import type { TableOutput } from "../project/types.ts";
import type { Session } from "../warehouse/empty/database.ts";
import { refuseLossy } from "../warehouse/flatten/carried.ts";
import { documentType } from "../warehouse/flatten/json_columns.ts";
import type { Unit } from "./units.ts";

export interface Flattening {
  readonly unit: Unit;
  readonly rows: DocumentRows;
  readonly output: TableOutput;
}

/** As a run does before it begins, in its words. */
export async function checkFlattenings(
  { client, guarded }: Session,
  flattenings: readonly Flattening[],
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { unit, rows, output } of flattenings) {
    const { file, id } = unit.transform;
    const asking = { client, span: { file } };
    const told = await guarded(async () => {
      await documentType(asking, rows);
      await refuseLossy(asking, rows, output);
      return [];
    }).catch((error: unknown) => {
      if (error instanceof DiagnosticError) return error.diagnostics;
      throw error;
    });
    found.push(...told.map((one) => ({ ...one, transform: id })));
  }
  return found;
}
