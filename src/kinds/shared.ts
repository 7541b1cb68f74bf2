/** Small things that several kinds do alike. */
import type { Path, Problem } from "../project/problem.ts";
import type { TableOutput, Transform } from "../project/types.ts";
import { suggestion } from "../project/suggestion.ts";
import type { KindContext } from "../plan/kind.ts";
import type { Code } from "../plan/types.ts";
import { notAColumn } from "./codes.ts";

/** The one table of a kind that makes exactly that; the definition has been checked for it. */
export function tableOf(transform: Transform): TableOutput {
  const [output] = transform.outputs;
  if (output?.type !== "table") throw new Error(`${transform.id} has no table`);
  return output;
}

/** The text beside the definition, for a kind that has one. */
export function codeOf(transform: Transform, context: KindContext): Code {
  if (!context.code) throw new Error(`${transform.id} was planned without its code`);
  return context.code;
}

/** The statements beside the definition, for a kind whose code is SQL. */
export function statementsOf(transform: Transform, { statements }: KindContext): readonly Code[] {
  if (!statements) throw new Error(`${transform.id} was planned without its statements`);
  return statements;
}

/** The names of a list that are not among the columns. */
export function unknownColumns(names: readonly string[], columns: readonly string[], path: Path): readonly Problem[] {
  return names.flatMap((name, i) =>
    columns.includes(name)
      ? []
      : [
          {
            code: notAColumn,
            path: [...path, i],
            message: `"${name}" is not a column of the output`,
            ...suggestion(name, columns),
          },
        ],
  );
}
