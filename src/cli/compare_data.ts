/** `ctf diff --data`: what is asked for, found in the project, compared in the warehouse, and drawn. */
import { type Diagnostic, DiagnosticError, isError } from "../diagnostics/diagnostic.ts";
import { findTransform, isDiagnostic } from "../graph/names.ts";
import { PROJECT_FILE } from "../project/root.ts";
import type { Action } from "../plan/types.ts";
import {
  type Project,
  tableText,
  type TableName,
  type TableOutput,
  type Target,
  type Transform,
  type ViewOutput,
} from "../project/types.ts";
import { noKey, notComparable } from "../warehouse/compare/codes.ts";
import type { RowComparison, ToCompare } from "../warehouse/compare/types.ts";
import { type CliContext, UsageError } from "./context.ts";
import { errorsBehind } from "./stopping.ts";
import { findTarget } from "./targets.ts";
import { variableValues } from "./variables.ts";

export interface DataFlags {
  readonly data: string;
  readonly against?: string;
  readonly target?: string;
  readonly key?: string;
  readonly var?: readonly string[];
  readonly showData?: boolean;
}

export interface DataComparison extends RowComparison {
  readonly table: string;
  readonly key: readonly string[];
  /** What the sides are called: targets, or `published` and `SELECT`. */
  readonly before: string;
  readonly now: string;
}

interface Asked {
  readonly project: Project;
  readonly transform: Transform;
  readonly output: TableOutput | ViewOutput;
}

export async function compareData(context: CliContext, flags: DataFlags): Promise<DataComparison> {
  const { project, diagnostics } = await context.loadProject();
  const errors = diagnostics.filter(isError);
  // Without ctf.yaml nobody knows which warehouses there are.
  refuse(errors.filter(({ span }) => span?.file === PROJECT_FILE));
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  refuse(errorsBehind([flags.data], errors));
  const asked = { project, ...outputAsked(project, flags.data, context.cwd) };
  if (flags.against === "previous" && !project.targets.some(({ name }) => name === "previous")) {
    throw new UsageError([
      notComparable({
        message: `nothing is kept of what ${tableText(asked.output)} held before it was published`,
        hint: `Compare before you run: "ctf diff --data ${asked.transform.id}" shows what a run would change.`,
      }),
    ]);
  }
  return flags.against === undefined
    ? withSelect(context, asked, target, flags)
    : withTarget(context, asked, target, findTarget(project, flags.against), flags);
}

function refuse(errors: readonly Diagnostic[]): void {
  if (errors.length > 0) throw new DiagnosticError(errors);
}

/** A transform with one table or view, or one of these by its own name. */
function outputAsked(project: Project, typed: string, cwd: string): Omit<Asked, "project"> {
  const tables = ({ outputs }: Transform) =>
    outputs.filter((output) => output.type === "table" || output.type === "view");
  for (const transform of project.transforms) {
    const output = tables(transform).find((one) => tableText(one) === typed);
    if (output) return { transform, output };
  }
  const transform = findTransform(project, typed, { cwd });
  if (isDiagnostic(transform)) throw new UsageError([transform]);
  const [output, ...others] = tables(transform);
  if (output && others.length === 0) return { transform, output };
  const names = tables(transform).map(tableText).join(", ");
  throw new UsageError([
    notComparable({
      message: output ? `${transform.id} makes several tables` : `${transform.id} makes no table`,
      hint: output ? `Name one of them: ${names}.` : "Only tables and views have rows to compare.",
    }),
  ]);
}

const whereIs = ({ schema, name }: TableName, { prefix = "" }: Target): TableName => ({
  schema: prefix + schema,
  name,
});

/** By `--key`, or else by what the definition says. */
function keyOf({ output, transform }: Asked, typed: string | undefined): Pick<ToCompare, "key" | "isDeclaredKey"> {
  if (typed !== undefined) return { key: typed.split(",").map((name) => name.trim()), isDeclaredKey: false };
  const primary = output.type === "table" ? output.primaryKey : undefined;
  if (primary) return { key: primary.columns, isDeclaredKey: true };
  throw new UsageError([
    noKey({
      message: `${tableText(output)} has no primary_key to compare its rows by`,
      hint: "Name the columns that tell its rows apart: --key a,b.",
      span: { file: transform.file },
    }),
  ]);
}

async function withTarget(
  context: CliContext,
  asked: Asked,
  target: Target,
  other: Target,
  { key, showData = false }: DataFlags,
): Promise<DataComparison> {
  const { project, output } = asked;
  const found = keyOf(asked, key);
  const [{ openTarget }, { compareTables }] = await Promise.all([
    import("../warehouse/connect.ts"),
    import("../warehouse/compare/compare.ts"),
  ]);
  const place = async (of: Target) => ({
    url: (await openTarget(project, of, context.env)).url,
    table: whereIs(output, of),
  });
  const name = tableText(output);
  const compared = await compareTables(await place(other), await place(target), { ...found, name, showData });
  return { ...compared, table: name, key: found.key, before: other.name, now: target.name };
}

async function withSelect(
  context: CliContext,
  asked: Asked,
  target: Target,
  { key, showData = false, var: given = [] }: DataFlags,
): Promise<DataComparison> {
  const { project, transform, output } = asked;
  const variables = variableValues(project, given);
  const action = await actionOf(asked, target, variables);
  if (
    (action.type !== "build_table" && action.type !== "merge_rows") ||
    action.rows.type !== "query" ||
    target.prefix
  ) {
    throw new UsageError([
      notComparable({
        message: target.prefix
          ? `the SELECT of ${transform.id} can't be tried on ${target.name}, whose tables have other names`
          : `${transform.id} has no SELECT, so what a run would make of it is known only when it has run`,
        hint: "Compare with the same table on another target: --against TARGET.",
      }),
    ]);
  }
  const found =
    action.type === "merge_rows" && key === undefined ? { key: action.keys, isDeclaredKey: false } : keyOf(asked, key);
  const columns = action.type === "merge_rows" ? action.updateColumns : undefined;
  const [{ openTarget }, { compareWithQuery }] = await Promise.all([
    import("../warehouse/connect.ts"),
    import("../warehouse/compare/compare.ts"),
  ]);
  const { url } = await openTarget(project, target, context.env);
  const name = tableText(output);
  const compared = await compareWithQuery(
    url,
    output,
    action.rows,
    { variables, settings: transform.settings },
    { ...found, name, showData, ...(columns && { columns }) },
  );
  return { ...compared, table: name, key: found.key, before: "published", now: "SELECT" };
}

async function actionOf(
  { project, transform }: Asked,
  target: Target,
  variables: Readonly<Record<string, string>>,
): Promise<Action> {
  const [{ makePlan, readFrom }, { kinds }] = await Promise.all([
    import("../plan/make.ts"),
    import("../kinds/index.ts"),
  ]);
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: [transform.id],
    description: transform.id,
    target: target.name,
    variables,
    readCode: readFrom(project.root),
    cache: true,
  });
  const [planned] = plan.transforms;
  if (!planned) throw new DiagnosticError(diagnostics);
  return planned.action;
}
