/** What a file's path says of its rows: values of columns that the file itself does not have. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { FileRows } from "../../plan/types.ts";
import type { Column } from "../../project/types.ts";
import { batch, type Statement } from "../session/batch.ts";
import { isTransient, sqlstate } from "../errors.ts";
import { identifier, literal, qualified } from "../names.ts";
import type { Work } from "../work.ts";
import { badClass, unclassified } from "./codes.ts";
import type { Target } from "./target.ts";

/** By column. null: a group that took no part in the match. */
export type Classified = Readonly<Record<string, string | null>>;

/** For each path what it says. @throws DiagnosticError naming the files that match nothing */
export function classify(work: Work, rows: FileRows, paths: readonly string[]): ReadonlyMap<string, Classified> {
  if (rows.classify.length === 0) return new Map();
  const classes = rows.classify.map(({ match, set }) => ({ match: new RegExp(match), set }));
  const found = new Map<string, Classified>();
  for (const path of paths) {
    for (const { match, set } of classes) {
      const result = match.exec(path);
      if (!result) continue;
      const groups = Object.entries(result.groups ?? {}).map(([name, value]) => [name, value ?? null] as const);
      found.set(path, { ...Object.fromEntries(groups), ...set });
      break;
    }
  }
  const lost = paths.filter((path) => !found.has(path));
  if (lost.length === 0) return found;
  const some = lost.slice(0, 10).join(", ");
  throw new DiagnosticError([
    unclassified({
      message: `${lost.length === 1 ? "a file matches" : `${lost.length} files match`} none of classify's patterns: ${some}${lost.length > 10 ? ", …" : ""}`,
      span: work.span,
      hint: "Add a pattern that matches, or narrow the source.",
    }),
  ]);
}

const alter = ({ table }: Target, clauses: readonly string[]): readonly Statement[] =>
  clauses.length === 0 ? [] : [{ text: `ALTER TABLE ${qualified(table)} ${clauses.join(", ")}` }];

/** COPY knows no constants, so they are the columns' defaults while this file is loaded. @throws DiagnosticError */
export async function setClasses(work: Work, target: Target, path: string, values: Classified): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const text = value === null ? "NULL" : literal(value);
    try {
      await batch(work.client, alter(target, [`ALTER COLUMN ${identifier(name)} SET DEFAULT ${text}`]));
    } catch (error) {
      if (isTransient(error) || !(sqlstate(error) ?? "").startsWith("2")) throw error;
      const type = target.output.columns.find((column) => column.name === name)?.type ?? "the column's type";
      const message = `${path}: what classify takes from the path for ${name} is not ${type}`;
      throw new DiagnosticError([badClass({ message, span: work.span })]);
    }
  }
}

/** The declared defaults again. */
export function unsetClasses(target: Target, columns: ReadonlySet<string>): readonly Statement[] {
  const usual = ({ name, default: value }: Column) =>
    `ALTER COLUMN ${identifier(name)} ${value === undefined ? "DROP DEFAULT" : `SET DEFAULT ${value}`}`;
  return alter(target, target.output.columns.filter(({ name }) => columns.has(name)).map(usual));
}
