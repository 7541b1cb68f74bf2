/** The rows of one table, one after the other: settled values, references, made values, then keys and checks. */
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic.ts";
import { noValues } from "./codes.ts";
import type { Equality } from "../sql/conditions/equality.ts";
import type { RowPlan } from "./demands.ts";
import { Keys } from "./keys.ts";
import { type Failure, type Finished, type MadeRow, RowMaker, type RowValues, TRIES } from "./make_row.ts";
import type { Shape } from "./shape.ts";
import type { Habits } from "./types.ts";

/**
 * What only PostgreSQL knows of rows of a table. The answer: for each row the names of the checks that do not hold; or, where
 * it is asked for, what each of these columns is by the others.
 */
export interface Question {
  readonly shape: Shape;
  readonly rows: readonly RowValues[];
  readonly equalities?: readonly Equality[];
}
export type Answer = readonly (readonly (string | null | undefined)[])[];

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
  const mayLack = mayBeFewer(habits);
  const rows = plans.flatMap((plan) => {
    const made = new RowMaker(shape, plan, finished, habits, taken).make(0, TRIES);
    const isExtra = plan.values.size === 0 && habits.fewer;
    if ("failed" in made && ((made.failed.key && isExtra) || mayLack(plan))) return [];
    if ("failed" in made) throw new DiagnosticError([refusal(shape, made.failed)]);
    taken.add(made.values);
    return [made];
  });
  let open = rows.flatMap(({ unsure }, i) => (unsure.length > 0 ? [i] : []));
  if (open.length === 0) return rows;
  open = yield* failing(shape, rows, open);
  const equalities = openEqualities(shape);
  if (open.length > 0 && equalities.length > 0) {
    yield* compute(shape, rows, open, equalities, taken);
    open = yield* failing(shape, rows, open);
  }
  const rounds = habits.profile === "plausible" ? VARIANTS : VARIANTS.slice(0, 1);
  for (const [round, count] of rounds.entries()) {
    if (open.length === 0) return rows;
    const variants = open.map((i) => {
      const maker = new RowMaker(shape, rows[i]!.plan, finished, habits, taken.without(rows[i]!.values));
      const from = TRIES * (round + 1) * 1000;
      const isLast = round === rounds.length - 1;
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
      if (!good) {
        return round < rounds.length - 1 || mayLack(rows[i]!.plan) || tell(shape, rows[i]!, verdicts[n]!.flat());
      }
      taken.remove(rows[i]!.values);
      taken.add(good.values);
      rows[i] = good;
      return false;
    });
  }
  return rows.filter((_, i) => !open.includes(i));
}

/** With values that are chosen for being odd, some rows can't be: there are others. */
const mayBeFewer =
  ({ fewer, profile }: Habits) =>
  ({ given }: RowPlan): boolean =>
    fewer && profile !== "plausible" && given === undefined;

/** Those of the rows that a check does not hold for. */
function* failing(
  shape: Shape,
  rows: readonly MadeRow[],
  open: readonly number[],
): Generator<Question, number[], Answer> {
  if (open.length === 0) return [];
  const failed = yield* judged(shape, open, (i) => [rows[i]!]);
  return open.filter((_, n) => failed[n]![0]!.length > 0);
}

/** Of columns that are free to be what a check says. */
function openEqualities({ checks, columns, keys, foreignKeys }: Shape): readonly Equality[] {
  const settled = new Set([...keys.flat(), ...foreignKeys.flatMap((key) => key.columns)]);
  return checks.flatMap(({ equality }) => {
    const isOpen = equality && !settled.has(equality.column) && columns.get(equality.column)?.filledBy !== "generated";
    return isOpen ? [equality] : [];
  });
}

/** These columns become what the others of their row say, but where somebody gave their value. */
function* compute(
  shape: Shape,
  rows: MadeRow[],
  open: readonly number[],
  equalities: readonly Equality[],
  taken: Keys,
): Generator<Question, void, Answer> {
  const answer = yield { shape, rows: open.map((i) => rows[i]!.values), equalities };
  for (const [n, i] of open.entries()) {
    const row = rows[i]!;
    const found = equalities.flatMap(({ column }, k): readonly (readonly [string, string])[] => {
      const text = answer[n]?.[k] ?? null;
      return text === null || row.plan.values.has(column) ? [] : [[column, text]];
    });
    taken.remove(row.values);
    rows[i] = { ...row, values: new Map([...row.values, ...found]) };
    taken.add(rows[i]!.values);
  }
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
): Generator<Question, (readonly string[])[][], Answer> {
  const all = open.map((i, n) => of(i, n));
  const answer = yield { shape, rows: all.flat().map(({ values }) => values) };
  let at = 0;
  return all.map((list) => list.map(() => answer[at++]!.flatMap((name) => name ?? [])));
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
