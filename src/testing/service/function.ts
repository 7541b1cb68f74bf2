/** What a python transform's function takes and gives, by what is declared: for calling it without a database. */
import { join } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import { makePlan, readFrom } from "../../plan/make.ts";
import { tableText, type Column, type Project, type Transform } from "../../project/types.ts";
import { loadParser } from "../../sql/parser.ts";
import { readTypeName } from "../../sql/questions/type_names.ts";
import { isFilledIn } from "../../warehouse/build/table.ts";
import type { WorkerColumn } from "../../worker/protocol.ts";
import { impossibleTest } from "../codes.ts";
import type { FunctionTold } from "./protocol.ts";

/** @throws DiagnosticError where the transform is none in Python */
export async function functionOf(project: Project, transform: Transform): Promise<FunctionTold> {
  await loadParser();
  const { root } = project;
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: [transform.id],
    description: "tests",
    target: "tests",
    variables: {},
    readCode: readFrom(root),
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  const action = plan.transforms[0]?.action;
  const call =
    action?.type === "write_file"
      ? action.call
      : action?.type === "build_table" && action.rows.type === "python"
        ? action.rows.call
        : undefined;
  if (!call || !action || !("output" in action)) {
    const message = `${transform.id} is of kind ${transform.kind}: it has no function that could be called`;
    const hint = "run_transform runs transforms of every kind.";
    throw new DiagnosticError([impossibleTest({ message, span: { file: transform.file }, hint })]);
  }
  const { columns } = action.output;
  return {
    transform: transform.id,
    root,
    file: join(root, call.file),
    inputs: call.inputs.map((input) =>
      input.type === "files"
        ? { type: "files", parameter: input.parameter, name: input.source }
        : {
            type: "table",
            parameter: input.parameter,
            name: tableText(input.table),
            columns: input.columns.map(declared),
          },
    ),
    columns: columns.map((column) => ({ ...declared(column), mayLack: isFilledIn(column) })),
    variables: Object.fromEntries(
      project.variables.map(({ name, type, default: value }) => [name, { type, value: value ?? null }]),
    ),
  };
}

/** What is beneath a domain, and whether something is an enum, only a server knows: their values are texts here. */
function declared({ name, type, notNull }: Column): WorkerColumn {
  const text = formatted(type);
  return { name, type: text, base: text, typtype: "b", notNull };
}

/** The names that format_type() gives to those types that have another one in the catalog. */
const NAMES: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  varchar: "character varying",
  bpchar: "character",
  time: "time without time zone",
  timetz: "time with time zone",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
};

function formatted(type: string): string {
  const read = readTypeName(type);
  if (!read) return type;
  const { name, modifiers, isArray } = read;
  const known = NAMES[name] ?? name;
  const more = modifiers.length > 0 && name !== "interval" ? `(${modifiers.join(",")})` : "";
  return `${known}${more}${isArray ? "[]" : ""}`;
}
