/** A planned transform whose clock stands still. */
import { DiagnosticError, type Position } from "../../diagnostics/diagnostic.ts";
import type { Action, Code, PlannedTransform } from "../../plan/types.ts";
import type { Column, TableOutput } from "../../project/types.ts";
import { freezeExpression, freezeTime, type Frozen } from "../../sql/freeze/freeze.ts";
import { orReplace } from "../../sql/or_replace.ts";
import { loadParser } from "../../sql/parser.ts";
import { splitStatements } from "../../sql/statements.ts";
import type { Rewritten } from "../../warehouse/errors.ts";
import type { Statement } from "../../warehouse/session/batch.ts";
import { identifier, qualified } from "../../warehouse/names.ts";
import type { Clock } from "./clock.ts";
import { notFrozen, perhapsNotFrozen } from "../codes.ts";
import type { GivenRelation } from "../types.ts";

/** @throws DiagnosticError naming every place that reads the clock and can't be frozen */
export async function frozenTransform(planned: PlannedTransform, clock: Clock | undefined): Promise<PlannedTransform> {
  if (!clock) return planned;
  await loadParser();
  return { ...planned, action: frozenAction(planned.action, clock) };
}

function frozenAction(action: Action, clock: Clock): Action {
  const { now } = clock;
  switch (action.type) {
    case "build_table":
      return { ...action, rows: frozenRows(action.rows, clock), output: frozenDefaults(action.output, now) };
    case "merge_rows":
      return { ...action, rows: frozenRows(action.rows, clock), output: frozenDefaults(action.output, now) };
    case "append_rows":
      return { ...action, output: frozenDefaults(action.output, now) };
    case "run_statements":
      return { ...action, statements: action.statements.map((code) => frozenCode(code, clock)) };
    default:
      return action;
  }
}

const frozenRows = <R extends { readonly type: string }>(rows: R, clock: Clock): R =>
  "query" in rows ? { ...rows, query: frozenCode(rows.query as Code, clock) } : rows;

function frozenCode(code: Code & Rewritten, clock: Clock): Code & Rewritten {
  const frozen = freezeTime(code, clock.now, clock.typeOf);
  tellUnfreezable(frozen, code.file, clock);
  return { ...code, text: frozen.text, toFile: frozen.toFile };
}

/** The functions and views that other transforms made before, as of the test's time, for its transaction. */
export async function frozenDefinitions(clock: Clock | undefined): Promise<readonly Statement[]> {
  if (!clock) return [];
  await loadParser();
  return clock.makers.flatMap((maker) =>
    splitStatements(maker).statements.flatMap((code): readonly Statement[] => {
      if (orReplace(code.text) === undefined) return [];
      const { text } = frozenCode(code, clock);
      return text === code.text ? [] : [{ text: orReplace(text)! }];
    }),
  );
}

function tellUnfreezable({ unfreezable }: Pick<Frozen, "unfreezable">, file: string, { note }: Clock): void {
  const [certain, others] = [
    unfreezable.filter(({ reads }) => reads === "clock"),
    unfreezable.filter(({ reads }) => reads === "perhaps"),
  ];
  for (const { what, start } of others) {
    note(perhapsNotFrozen({ message: `${what} can't be held still at the test's time`, span: { file, start } }));
  }
  if (certain.length === 0) return;
  throw new DiagnosticError(
    certain.map(({ what, start }) =>
      notFrozen({ message: `${what} can't be held still at the test's time`, span: { file, start } }),
    ),
  );
}

const frozenDefaults = (output: TableOutput, now: string): TableOutput =>
  output.columns.some((column) => column.default !== undefined)
    ? { ...output, columns: output.columns.map((column) => frozenDefault(column, now)) }
    : output;

/** Defaults of the tables that a test has rows in or makes, as of its time. */
export async function frozenDefaultStatements(relations: Iterable<GivenRelation>, clock: Clock | undefined) {
  if (!clock) return [];
  const { now } = clock;
  await loadParser();
  return [...new Set(relations)].flatMap((relation) =>
    relation.columns.flatMap((column): readonly Statement[] => {
      const value = column.default === undefined ? undefined : frozenDefault(column, now).default;
      if (value === undefined || value === column.default) return [];
      return [
        { text: `ALTER TABLE ${qualified(relation)} ALTER COLUMN ${identifier(column.name)} SET DEFAULT ${value}` },
      ];
    }),
  );
}

function frozenDefault(column: Column, now: string): Column {
  if (column.default === undefined) return column;
  const { text } = freezeExpression({ text: column.default, line: 1, column: 1 }, now, column.type);
  return { ...column, default: text };
}

/** A call that a test expects rows of: it may read the clock in its arguments. */
export async function frozenCall(call: Code, clock: Clock | undefined): Promise<Code & Rewritten> {
  if (!clock) return call;
  await loadParser();
  const frozen = freezeExpression(call, clock.now);
  tellUnfreezable(frozen, call.file, clock);
  return { ...call, text: frozen.text, toFile: frozen.toFile };
}

/** A piece of SQL knows where its places stand in the file; so does it when its clock stands still. */
export function frozenPiece(piece: Code & Required<Rewritten>, clock: Clock | undefined): Code & Rewritten {
  if (!clock) return piece;
  const { toFile } = piece;
  const frozen = freezeTime({ text: piece.text, line: 1, column: 1 }, clock.now, clock.typeOf);
  const inFile = (place: Position) => toFile(offsetOf(piece.text, place));
  const unfreezable = frozen.unfreezable.map((one) => ({ ...one, start: inFile(one.start) }));
  tellUnfreezable({ unfreezable }, piece.file, clock);
  return { ...piece, text: frozen.text, toFile: (offset) => inFile(frozen.toFile(offset)) };
}

/** The offset in code points of a place in a text that begins at line 1, column 1. */
function offsetOf(text: string, { line, column }: Position): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + [...one].length + 1, 0) + column - 1;
}
