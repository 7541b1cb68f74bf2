/** The sum: every leaf of the documents is an event, a reject or ignored; and what a person is told of it. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { DocumentRows } from "../../plan/types.ts";
import { tableText, type TableName, type TableOutput } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";
import { answersLost, answersRejected } from "./codes.ts";
import { reasons, type Reason } from "./reasons.ts";

/** `read` counts the leaves; a document that can't be walked is one. */
export interface Flattened {
  readonly read: number;
  readonly rejected: number;
  readonly ignored: number;
}

interface Counts {
  readonly leaves: number;
  readonly events: number;
  readonly ignored: number;
}

/** How many reasons and paths are named. */
const SHOWN = 10;

const number = (count: number): string => count.toLocaleString("en-US");

/** @throws DiagnosticError where the sum is wrong */
export async function tell(
  work: Work,
  { rejects }: DocumentRows,
  output: TableOutput,
  made: TableName,
  { leaves, events, ignored }: Counts,
): Promise<Flattened> {
  const kinds = await rowsOf(
    work.client,
    `SELECT r.reason, pg_catalog.count(*) AS count, pg_catalog.count(*) FILTER (WHERE r.document IS NULL AND r.file IS NULL AND r.reason = ANY ($1)) AS of_forms
     FROM ${qualified(made)} r GROUP BY r.reason ORDER BY count DESC, reason`,
    [OF_FORMS],
  );
  const sum = (name: string) => kinds.reduce((all, row) => all + (row[name] as number), 0);
  const rejected = sum("count") - sum("of_forms");
  if (leaves !== events + rejected + ignored) {
    const message = `${tableText(output)}: ${number(leaves)} answers were read, but ${number(events)} are events, ${number(rejected)} rejected and ${number(ignored)} ignored`;
    throw new DiagnosticError([
      answersLost({ message, span: work.span, hint: "Nothing was published. Please report this." }),
    ]);
  }
  if (kinds.length > 0) {
    const list = kinds
      .slice(0, SHOWN)
      .map(
        (row) => `${number(row["count"] as number)} × ${reasons[row["reason"] as Reason]} (${row["reason"] as string})`,
      );
    const rest = kinds.length > SHOWN ? `; and ${kinds.length - SHOWN} more reasons` : "";
    work.warn(
      answersRejected({
        message: `${number(rejected)} of ${number(leaves)} answers are no rows of ${tableText(output)}: ${list.join("; ")}${rest}`,
        span: work.span,
        hint: `Look at them: SELECT reason, form, path, count(*) FROM ${tableText(rejects)} GROUP BY 1, 2, 3 ORDER BY 4 DESC;`,
      }),
    );
  }
  return { read: leaves, rejected, ignored };
}

/** These are about a form's schema, and count no answer; a line of a file may be malformed, too. */
const OF_FORMS: readonly Reason[] = [
  "no_slug",
  "repeated_node",
  "no_form_key",
  "repeated_form",
  "malformed",
  "other_resource",
];
