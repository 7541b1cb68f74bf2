import { badValue, conflictingKeys } from "../../project/codes/definition_codes.ts";
import type { Path, Problem } from "../../project/problem.ts";
import type { TableOutput } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { notAColumn } from "../codes.ts";
import type { Spec } from "./syntax.ts";

/** Patterns that are none, and columns that a file's name can't fill. */
export const classifyProblems = (spec: Spec, output: TableOutput): readonly Problem[] =>
  (spec.classify ?? []).flatMap(({ match, set = {} }, i) => {
    const at = ["classify", i];
    const groups = groupsOf(match);
    if (groups === undefined) {
      const hint = "Test it against a path; in YAML it is best written between single quotes.";
      return [{ code: badValue, path: [...at, "match"], message: `"match" is not a valid regular expression`, hint }];
    }
    const twice = groups.filter((name) => name in set);
    return [
      ...groups.flatMap((name) => columnProblems(name, output, [...at, "match"])),
      ...Object.keys(set).flatMap((name) => columnProblems(name, output, [...at, "set", name])),
      ...twice.map((name): Problem => {
        const message = `"${name}" comes from a group of "match" and from "set"`;
        return { code: conflictingKeys, path: [...at, "set", name], at: "key", message, hint: "Keep one of them." };
      }),
    ];
  });

/** The names of a pattern's groups: with an empty alternative, every pattern matches and lists them. */
export function groupsOf(match: string): readonly string[] | undefined {
  try {
    return Object.keys(new RegExp(`(?:${match})|`).exec("")?.groups ?? {});
  } catch {
    return undefined;
  }
}

function columnProblems(name: string, output: TableOutput, path: Path): readonly Problem[] {
  const column = output.columns.find((declared) => declared.name === name);
  if (column && !column.identity) return [];
  const message = column
    ? `"${name}" is numbered by PostgreSQL, so a file's name can't fill it`
    : `"${name}" is not a column of the output`;
  const columns = output.columns.map((declared) => declared.name);
  return [{ code: notAColumn, path, at: "key", message, ...(column ? {} : suggestion(name, columns)) }];
}
