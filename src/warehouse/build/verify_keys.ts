import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { duplicateKey, nullInColumn } from "./codes.ts";
import { identifier, list, qualified } from "../names.ts";
import type { Work } from "../work.ts";

/** Keys that no constraint of the table watches over: none is null, none comes twice. @throws DiagnosticError */
export async function verifyKeys(
  work: Work,
  built: TableName,
  output: TableOutput,
  keys: readonly string[],
): Promise<void> {
  const primary = output.primaryKey?.columns ?? [];
  if (primary.length === keys.length && primary.every((column) => keys.includes(column))) return;
  const { span } = work;
  const [row] = await rowsOf(
    work.client,
    `SELECT EXISTS (SELECT FROM ${qualified(built)} GROUP BY ${list(keys)} HAVING count(*) > 1) AS twice,
       ${keys.map((key, n) => `EXISTS (SELECT FROM ${qualified(built)} WHERE ${identifier(key)} IS NULL) AS null_${n}`).join(", ")}`,
  );
  const name = tableText(output);
  const problems: Diagnostic[] = keys
    .filter((_, n) => row?.[`null_${n}`])
    .map((key) => nullInColumn({ message: `${name}.${key} has NULLs, and it is a key`, span }));
  if (row?.["twice"])
    problems.push(duplicateKey({ message: `${name}: rows come twice for the keys (${keys.join(", ")})`, span }));
  if (problems.length > 0) throw new DiagnosticError(problems);
}
