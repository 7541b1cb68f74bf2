import { defineCode } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import type { Finding, Path, Problem } from "../../project/problem.ts";
import { suggestion } from "../../project/suggestion.ts";
import { type ForeignKey, type Project, type TableOutput, tableText, type TableSource } from "../../project/types.ts";
import type { Rule } from "./rule.ts";

const members = (more: string) => ({
  "pipelines/claims/members.yaml": `kind: no_op\noutput:\n  table: claims.members\n  columns:\n    - {name: member_id, type: bigint}\n${more}`,
});
const paid = (references: string) => ({
  "pipelines/claims/paid.yaml": `kind: no_op
output:
  table: claims.paid
  columns:
    - {name: member_id, type: bigint}
  foreign_keys:
    - columns: [member_id]
      references: ${references}
`,
});
const good = { ...members("  primary_key: [member_id]\n"), ...paid("{table: claims.members, columns: [member_id]}") };

const unknownForeignTable = defineCode({
  code: "CTF212",
  name: "unknown-foreign-table",
  severity: "error",
  what: "A foreign key refers to a table that is neither an output nor a source of this project.",
  why: "CTF verifies foreign keys before it publishes, so it has to know the other table.",
  todo: "Correct the name, or declare the table as a source.",
  bad: { ...good, ...paid("{table: claims.member, columns: [member_id]}") },
  good,
});

const badForeignColumns = defineCode({
  code: "CTF213",
  name: "bad-foreign-columns",
  severity: "error",
  what: "A foreign key refers to columns that the other table does not have, or that don't identify a row there.",
  why: "PostgreSQL takes a foreign key only to a primary key or to unique columns.",
  todo: "Refer to the other table's primary key, declare its columns unique, or write `enforce: false` to have the values verified without a constraint.",
  bad: { ...good, ...members("") },
  good,
});

type Relation = TableOutput | TableSource;

export const foreignKeys: Rule = {
  codes: [unknownForeignTable, badForeignColumns],
  check({ project }) {
    // Most projects have few foreign keys; the tables are only gathered for those that have any.
    let tables: ReadonlyMap<string, Relation> | undefined;
    return project.transforms.flatMap((transform) =>
      transform.outputs.flatMap((output, i): readonly Finding[] => {
        if (output.type !== "table" || output.foreignKeys.length === 0) return [];
        const known = (tables ??= relationsOf(project));
        const base = [...outputPath(transform, i), "foreign_keys"];
        return output.foreignKeys.flatMap((key, j) => {
          const name = tableText(key.references);
          if (!known.has(name) && project.unread.tables.has(name)) return [];
          const problem = problemOf(key, known, [...base, j, "references"]);
          return problem ? [{ file: transform.file, transform: transform.id, problem }] : [];
        });
      }),
    );
  },
};

function relationsOf(project: Project): ReadonlyMap<string, Relation> {
  const outputs = project.transforms.flatMap((transform) => transform.outputs);
  const tables = [...project.sources, ...outputs].filter((one): one is Relation => one.type === "table");
  return new Map(tables.map((one) => [tableText(one), one]));
}

function problemOf(key: ForeignKey, tables: ReadonlyMap<string, Relation>, path: Path): Problem | undefined {
  const name = tableText(key.references);
  const table = tables.get(name);
  if (!table) {
    return {
      code: unknownForeignTable,
      path: [...path, "table"],
      message: `${name} is neither an output nor a source of this project`,
      ...suggestion(name, tables.keys(), "Correct the name, or declare the table in sources/."),
    };
  }
  // Whoever does not say which columns a table has can't be contradicted.
  if (table.columns.length === 0) return undefined;
  const columns = table.columns.map((column) => column.name);
  const missing = key.references.columns.findIndex((column) => !columns.includes(column));
  if (missing !== -1) {
    const column = key.references.columns[missing]!;
    return {
      code: badForeignColumns,
      path: [...path, "columns", missing],
      message: `${name} has no column "${column}"`,
      ...suggestion(column, columns, `Its columns: ${columns.join(", ")}.`),
    };
  }
  if (!key.enforce || !("unique" in table)) return undefined;
  const keys = [table.primaryKey, ...table.unique].flatMap((one) => (one ? [one.columns] : []));
  if (keys.some((one) => sameColumns(one, key.references.columns))) return undefined;
  return {
    code: badForeignColumns,
    path: [...path, "columns"],
    at: "key",
    message: `${key.references.columns.join(", ")} of ${name} is neither its primary key nor declared unique`,
    hint: 'Refer to its primary key, add the columns to its "unique:", or write "enforce: false".',
  };
}

const sameColumns = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((column) => b.includes(column));
