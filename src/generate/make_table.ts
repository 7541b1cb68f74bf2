/** The rows of one table, one after the other: settled values, references, made values, then keys and checks. */
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
import { noValues } from "./codes.ts";
import type { RowPlan } from "./demands.ts";
import { Keys } from "./keys.ts";
import { type Failure, type Finished, type MadeRow, RowMaker, type RowValues, TRIES } from "./make_row.ts";
import type { Shape } from "./shape.ts";
import type { Habits } from "./types.ts";

/** What only PostgreSQL can judge: rows of a table. The answer: for each, the names of the checks that do not hold. */
export interface Question {
  readonly shape: Shape;
  readonly rows: readonly RowValues[];
}
export type Answer = readonly (readonly string[])[];

/** Ways of making a row that PostgreSQL is asked about, in rounds. */
const VARIANTS = [16, 64, 256] as const;

export function* makeTable(
  shape: Shape,
  plans: readonly RowPlan[],
  finished: Finished,
  habits: Habits,
): Generator<Question, readonly MadeRow[], Answer> {
  const taken = new Keys(shape);
  // What is settled of rows that are still to be made: others stay away from it.
  for (const { values } of plans) taken.add(values);
  const rows = plans.flatMap((plan) => {
    const made = new RowMaker(shape, plan, finished, habits, taken).make(0, TRIES);
    const isExtra = plan.values.size === 0 && habits.fewer;
    if ("failed" in made && made.failed.key && isExtra) return [];
    if ("failed" in made) throw new DiagnosticError([refusal(shape, made.failed)]);
    taken.add(made.values);
    return [made];
  });
  let open = rows.flatMap(({ unsure }, i) => (unsure.length > 0 ? [i] : []));
  if (open.length === 0) return rows;
  const failed = yield* judged(shape, open, (i) => [rows[i]!]);
  open = open.filter((_, n) => failed[n]![0]!.length > 0);
  for (const [round, count] of VARIANTS.entries()) {
    if (open.length === 0) return rows;
    const variants = open.map((i) => {
      const maker = new RowMaker(shape, rows[i]!.plan, finished, habits, taken.without(rows[i]!.values));
      const from = TRIES * (round + 1) * 1000;
      const isLast = round === VARIANTS.length - 1;
      return Array.from({ length: count }, (_, n) =>
        maker.make(from + n * TRIES, TRIES, isLast, from / 1000 + n),
      ).flatMap((made) => ("failed" in made ? [] : [made]));
    });
    const verdicts = yield* judged(shape, open, (_, n) => variants[n]!);
    open = open.filter((i, n) => {
      const keys = taken.without(rows[i]!.values);
      const good = variants[n]!.find(
        (row, v) => verdicts[n]![v]!.length === 0 && !keys.taking(row.values, rows[i]!.plan.values),
      );
      if (!good) return round < VARIANTS.length - 1 || tell(shape, rows[i]!, verdicts[n]!.flat());
      taken.remove(rows[i]!.values);
      taken.add(good.values);
      rows[i] = good;
      return false;
    });
  }
  return rows;
}

/** Never gives anything. A row that a person wrote so is theirs: PostgreSQL says what it has against it. */
function tell(shape: Shape, row: MadeRow, failed: readonly string[]): boolean {
  const check = shape.checks.find(({ name }) => failed.includes(name) || row.unsure.includes(name));
  const made = (check?.columns ?? []).filter((column) => !row.plan.values.has(column) && row.values.has(column));
  if (check && check.columns.length > 0 && made.length === 0) return false;
  throw new DiagnosticError([refusal(shape, { check: check?.name ?? row.unsure[0]!, columns: made })]);
}

/** One question for the alternatives of many rows. */
function* judged(
  shape: Shape,
  open: readonly number[],
  of: (row: number, n: number) => readonly MadeRow[],
): Generator<Question, Answer[], Answer> {
  const all = open.map((i, n) => of(i, n));
  const answer = yield { shape, rows: all.flat().map(({ values }) => values) };
  let at = 0;
  return all.map((list) => list.map(() => answer[at++]!));
}

function refusal({ text, columns }: Shape, { check, key, columns: about }: Failure): Diagnostic {
  const names = about.join(", ");
  const hint = `Write "examples:" with ${about.length > 1 ? "one of the columns" : "the column"} ${names} where the table is declared, or give ${about.length > 1 ? "their values" : "its value"} in the row.`;
  const what =
    check !== undefined
      ? `no values of ${names} were found for which the check ${check} holds`
      : key
        ? `there are not enough different values for the key (${key.join(", ")})`
        : `CTF can't make up values of ${names}, which is of type ${columns.get(about[0]!)?.type}`;
  return noValues({ message: `${text}: ${what}`, hint });
}
