/** The SQL of one transform, moved into an environment. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Code, Transform } from "../../project/types.ts";
import { moveStatements } from "../../sql/move/move.ts";
import type { Move } from "../../sql/move/types.ts";
import { notMovable } from "./codes.ts";
import type { Environment } from "./environment.ts";

/** One transform's action on its way; what can't be moved is added to `problems`. */
export interface Moving {
  readonly environment: Environment;
  readonly move: Move;
  readonly transform: Transform;
  readonly problems: Diagnostic[];
  /** The temporary tables that its statements have made so far. */
  readonly temporary: Set<string>;
}

export const expressionMoved = (moving: Moving, text: string): string => within(moving, "SELECT ", text);
export const typeMoved = (moving: Moving, text: string): string =>
  text.includes(".") ? within(moving, "SELECT NULL::", text) : text;

/** An expression or a type from the definition; `before` makes a statement of it. */
function within(moving: Moving, before: string, text: string): string {
  const statement = before + text;
  const { text: moved, opaque } = moveStatements({ text: statement, line: 1, column: 1 }, moving.move);
  for (const { what } of opaque) refuse(moving, `${what}, in "${text}"`, undefined);
  return moved.slice(before.length);
}

export function codeMoved(moving: Moving, code: Code): Code {
  const { text, renamed, opaque } = moveStatements(code, moving.move, moving.temporary);
  for (const { what, start } of opaque) refuse(moving, what, { file: code.file, start });
  return renamed.length === 0 ? code : { ...code, text, renamed };
}

export function refuse(moving: Moving, what: string, span: Diagnostic["span"]): void {
  const { id, file } = moving.transform;
  moving.problems.push(
    notMovable({
      message: `${id} can't run on target ${moving.environment.target}: here is ${what}`,
      span: span ?? { file, start: { line: 1, column: 1 } },
      hint: "A name in it could be production's. Write names out as schema.table in plain SQL.",
    }),
  );
}
