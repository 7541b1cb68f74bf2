import type { Command } from "commander";
import type { Project } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import { literal } from "../../warehouse/names.ts";
import type { CliContext } from "../context.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { collect, variableValues } from "../asked/variables.ts";

type Values = Readonly<Record<string, string>>;

/** SET lines for any client; a variable without a value is a comment that says so. */
export const setLines = (project: Project, values: Values): readonly string[] =>
  project.variables.map((variable) => {
    const value = values[variable.name];
    return value === undefined
      ? `-- ctf.${variable.name} has no default: give --var ${variable.name}=${exampleOf(variable)}`
      : `SET ctf.${quotedIfReserved(variable.name)} = ${literal(value)};`;
  });

/** PostgreSQL's grammar takes any name but a reserved word after the dot; quotes let it take those too. */
const quotedIfReserved = (name: string): string => (RESERVED.has(name) ? `"${name}"` : name);

/** docs/json.md describes it. */
const varsJson = (project: Project, values: Values) => ({
  variables: project.variables.map(({ name, type, default: fallback, description }) => ({
    name,
    type,
    value: values[name] ?? null,
    default: fallback ?? null,
    description: description ?? null,
  })),
});

export function register(program: Command, context: CliContext): void {
  program
    .command("vars")
    .summary("show the project's variables")
    .description(
      "Shows the project's variables and their values. SQL reads them with current_setting('ctf.NAME'); --sql prints the lines that set them in any other client.",
    )
    .option("--sql", "print SET lines")
    .option("--var <name=value>", "use this value instead of the default (may be given again)", collect)
    .option("--json", "print JSON")
    .action(async (options: { sql?: boolean; json?: boolean; var?: readonly string[] }) => {
      const { project, diagnostics } = await context.loadProject();
      const values = variableValues(project, options.var ?? []);
      if (options.json) writeJson(context, varsJson(project, values));
      else if (project.variables.length === 0) {
        context.stderr.write("The project has no variables. They are declared under vars: in ctf.yaml.\n");
      } else if (options.sql) context.stdout.write(`${setLines(project, values).join("\n")}\n`);
      else {
        const columns = [
          { title: "name" },
          { title: "type" },
          { title: "value", min: 12 },
          { title: "description", min: 12 },
        ];
        const rows = project.variables.map((v) => [
          v.name,
          v.type,
          values[v.name] ?? "(no value)",
          v.description ?? "",
        ]);
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        context.stdout.write(`${table(columns, rows, styleFor(context.color), width).join("\n")}\n`);
      }
      mentionProblems(context, diagnostics);
    });
}

/** Reserved words of PostgreSQL 18 (pg_get_keywords() with catcode R or T), which can't stand after the dot bare. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation " +
    "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time " +
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze " +
    "from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit " +
    "localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references " +
    "returning right select session_user similar some symmetric system_user table tablesample then to trailing true union " +
    "unique user using variadic verbose when where window with"
  ).split(" "),
);
