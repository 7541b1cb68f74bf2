/** Columns of the documents that go along: as they are, or in a type that takes all their values. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { DocumentRows } from "../../plan/types.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { describeDeclared } from "../build/verify_columns.ts";
import { columnsDiffer } from "../build/codes.ts";
import { describe, typeNames } from "../session/describe.ts";
import { list, qualified } from "../names.ts";
import { explainError } from "../session/steps.ts";
import type { Asking } from "./json_columns.ts";

const TEXT = 25;

/** A cast would cut off or round without a word. @throws DiagnosticError with all columns that might lose something */
export async function refuseLossy(work: Asking, rows: DocumentRows, output: TableOutput): Promise<void> {
  if (rows.documents.from.type === "files") return;
  const { table } = rows.documents.from;
  const carried = rows.columns.flatMap(({ name, from }) =>
    from.type === "document" ? [{ name, column: from.column }] : [],
  );
  const given = await describe(
    work.client,
    `SELECT ${list(carried.map(({ column }) => column))} FROM ${qualified(table)}`,
  ).catch((error: unknown) => {
    throw explainError(error, { table: tableText(table), span: work.span });
  });
  const declared = await describeDeclared(
    work.client,
    carried.map(({ name }) => output.columns.find((column) => column.name === name)!),
  );
  const widening = await rowsOf(
    work.client,
    "SELECT c.castsource::int8 AS source, c.casttarget::int8 AS target FROM pg_catalog.pg_cast c WHERE c.castcontext = 'i'",
  );
  const widens = new Set(widening.map((row) => `${row["source"] as number} ${row["target"] as number}`));
  const wrong = carried.flatMap((_, n) => {
    const [from, to] = [given[n]!, declared[n]!];
    const roomy = to.typmod === -1 || to.typmod === from.typmod;
    const fits =
      to.typeOid === TEXT || (roomy && (from.typeOid === to.typeOid || widens.has(`${from.typeOid} ${to.typeOid}`)));
    return fits ? [] : [n];
  });
  if (wrong.length === 0) return;
  const names = await typeNames(work.client, [...wrong.map((n) => given[n]!), ...wrong.map((n) => declared[n]!)]);
  const lines = wrong.map((n, i) => `${carried[n]!.column} is ${names[i]}, declared ${names[wrong.length + i]}`);
  throw new DiagnosticError([
    columnsDiffer({
      message: `${tableText(table)} does not give the columns of ${tableText(output)}: ${lines.join("; ")}`,
      span: work.span,
      hint: "Declare them as the documents have them, or as text.",
    }),
  ]);
}
