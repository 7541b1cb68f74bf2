/** What is said of a failed test in one line, and where it points to. */
import type { Span } from "../../diagnostics/diagnostic.ts";
import { tableText } from "../../project/types.ts";
import type { ExpectedError, ExpectedTable } from "../../testing/types.ts";
import type { Failure, Verdict } from "../../testing/verdict.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import { counted } from "../terminal/numbers.ts";

export const testName = ({ test }: Pick<Verdict, "test">): string => `${test.of}: ${test.name}`;

export function headline(failure: Failure): string {
  switch (failure.type) {
    case "rows": {
      const { missing, unexpected, changed } = failure.difference;
      const parts = [
        changed.length > 0 && `${counted(changed.length, "row")} with other values`,
        missing.length > 0 && `${counted(missing.length, "row")} missing`,
        unexpected.length > 0 && `${counted(unexpected.length, "row")} too many`,
      ].filter(Boolean);
      return `${expectedText(failure.expected)} is not as expected: ${parts.join(", ")}`;
    }
    case "refused":
      return failure.diagnostics.map(({ code, message }) => `${code} ${message}`).join("; ");
    case "no_error":
      return `${expectedToFail(failure)}, and ${failure.call === undefined ? "was" : "did"} not`;
    case "other_error": {
      const were = failure.diagnostics.map(({ code, message }) => `${code} ${message}`).join("; ");
      return `${otherError(failure)} with ${were}`;
    }
    case "counts":
      return `counted ${countsText(failure.actual, failure.expected)}, expected ${countsText(failure.expected, failure.expected)}`;
    case "twice":
      return `a second run on the same rows still changed some: ${countsText(failure.counts, { inserted: 0, updated: 0, deleted: 0 })}`;
  }
}

const expectedText = ({ table, call }: ExpectedTable): string =>
  call?.code.text ?? (table ? tableText(table) : "the piece");

/** Of a transform, or of a call of a function. */
interface ExpectedFailure {
  readonly expected: ExpectedError;
  readonly call?: string;
}

/** Without what it was refused with instead. */
export const otherError = (failure: ExpectedFailure): string =>
  `${expectedToFail(failure)}, and ${failure.call === undefined ? "was refused" : "failed"}`;

const expectedToFail = ({ expected, call }: ExpectedFailure): string =>
  `${call === undefined ? "it was expected to be refused" : `${call} was expected to fail`}${withWhat(expected)}`;

export function placeOf(failure: Failure, { test }: Verdict): Span {
  switch (failure.type) {
    case "rows":
      return failure.expected.place;
    case "refused":
      return failure.diagnostics[0]?.span ?? test.place;
    case "no_error":
    case "other_error":
      return failure.expected.place;
    case "counts":
      return test.counts?.place ?? test.place;
    case "twice":
      return test.place;
  }
}

const withWhat = ({ code, like }: ExpectedError): string =>
  `${code === undefined ? "" : ` with ${code}`}${like === undefined ? "" : ` like "${like}"`}`;

/** Those of the counts that are asked for. */
function countsText(counts: RowCounts, asked: RowCounts): string {
  return (Object.keys(asked) as (keyof RowCounts)[]).map((key) => `${key} ${counts[key] ?? "nothing"}`).join(", ");
}
