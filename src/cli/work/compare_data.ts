/** `ctf diff --data`: what is asked for, found in the project, compared in the warehouse, and drawn. */
import { type Diagnostic, DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { PROJECT_FILE } from "../../project/root.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { isolationOf, tableText, type Target } from "../../project/types.ts";
import { notComparable } from "../../warehouse/compare/codes.ts";
import type { Visitor } from "../../warehouse/compare/session.ts";
import type { RowComparison, ToCompare } from "../../warehouse/compare/types.ts";
import { type CliContext, UsageError } from "../context.ts";
import { type Asked, type DataFlags, outputAsked, toCompare, whereIs } from "../asked/compared_table.ts";
import { planOne, surroundingsOf } from "./environment.ts";
import { errorsBehind } from "../asked/divide_problems.ts";
import { findTarget } from "../asked/targets.ts";
import { variableValues } from "../asked/variables.ts";

export interface DataComparison extends RowComparison {
  readonly table: string;
  readonly key: readonly string[];
  /** What the sides are called: targets, or `previous`, `published` and `SELECT`. */
  readonly before: string;
  readonly now: string;
}

export async function compareData(context: CliContext, flags: DataFlags): Promise<DataComparison> {
  const { project, diagnostics } = await context.loadProject();
  const errors = diagnostics.filter(isError);
  // Without ctf.yaml nobody knows which warehouses there are.
  refuse(errors.filter(({ span }) => span?.file === PROJECT_FILE));
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  refuse(errorsBehind([flags.data], errors));
  const asked = { context, project, target, flags, ...outputAsked(project, flags.data, context.cwd) };
  const { against } = flags;
  if (against === "previous" && !project.targets.some(({ name }) => name === against)) return withPrevious(asked);
  if (against !== undefined) return withTarget(asked, findTarget(project, against));
  if (target.prefix === undefined) return withSelect(asked);
  const other = await deferredTo(asked);
  if (other) return withTarget(asked, other);
  throw new UsageError([
    notComparable({
      message: `target ${target.name} has a prefix and no \`defer:\`, so there is no other ${tableText(asked.output)} to compare with`,
      hint: "Name the target to compare with: --against TARGET.",
    }),
  ]);
}

/** Where an environment would read the table that it had not built: what it is compared with, if nothing else is said. */
async function deferredTo({ context, project, target, output }: Asked): Promise<Target | undefined> {
  const surroundings = await surroundingsOf(context, project, target);
  const there = new Set(surroundings?.there);
  const [, ...places] = surroundings?.question.lookIn ?? [];
  const is = ({ prefix }: { readonly prefix: string }) =>
    prefix === "" || there.has(`relation ${prefix}${tableText(output)}`);
  const found = places.find(is) ?? places.at(-1);
  return found && findTarget(project, found.target);
}

function refuse(errors: readonly Diagnostic[]): void {
  if (errors.length > 0) throw new DiagnosticError(errors);
}

const named = (compared: RowComparison, { name, key }: ToCompare, before: string, now: string): DataComparison => ({
  ...compared,
  table: name,
  key,
  before,
  now,
});

const comparing = () => import("../../warehouse/compare/compare.ts");

async function withTarget(asked: Asked, other: Target): Promise<DataComparison> {
  const { context, project, target, output } = asked;
  const how = toCompare(asked);
  const [{ openTarget }, { compareTables }] = await Promise.all([
    import("../../warehouse/session/connect.ts"),
    comparing(),
  ]);
  const place = async (of: Target) => {
    const visitor = output.type === "view" ? await visitorOf(asked, of) : undefined;
    return {
      url: (await openTarget(project, of, context.env)).url,
      table: whereIs(output, of),
      ...(visitor && { visitor }),
    };
  };
  return named(await compareTables(await place(other), await place(target), how), how, other.name, target.name);
}

async function withPrevious(asked: Asked): Promise<DataComparison> {
  const { context, project, target, transform, output } = asked;
  const how = toCompare(asked);
  const { action } = await planned(asked, {});
  const [{ openTarget }, { compareWithPrevious }] = await Promise.all([
    import("../../warehouse/session/connect.ts"),
    comparing(),
  ]);
  const before = `compare before you run: "ctf diff --data ${transform.id}" shows what a run would change.`;
  const whyNot =
    action.type !== "build_table" || action.publish === "rows"
      ? `A run of ${transform.id} changes rows in place, so no table is replaced; ${before}`
      : transform.keepPrevious
        ? "The next publish keeps what is there now."
        : `Write "keep_previous: true" in ${transform.file}, and the next publish keeps what is there now; or ${before}`;
  const { url } = await openTarget(project, target, context.env);
  const compared = await compareWithPrevious(url, whereIs(output, target), whyNot, how);
  return named(compared, how, "previous", "published");
}

async function withSelect(asked: Asked): Promise<DataComparison> {
  const { context, project, target, transform, output, flags } = asked;
  const variables = variableValues(project, flags.var ?? []);
  const { action } = await planned(asked, variables);
  if ((action.type !== "build_table" && action.type !== "merge_rows") || action.rows.type !== "query") {
    throw new UsageError([
      notComparable({
        message: `${transform.id} has no SELECT, so what a run would make of it is known only when it has run`,
        hint: "Compare with the same table on another target: --against TARGET.",
      }),
    ]);
  }
  const isMerge = action.type === "merge_rows";
  const how: ToCompare =
    isMerge && flags.key === undefined
      ? { key: action.keys, isDeclaredKey: false, name: tableText(output), showData: flags.showData ?? false }
      : toCompare(asked);
  const columns = isMerge ? action.updateColumns : undefined;
  const [{ openTarget }, { compareWithQuery }] = await Promise.all([
    import("../../warehouse/session/connect.ts"),
    comparing(),
  ]);
  const { url } = await openTarget(project, target, context.env);
  const visitor = await visitorOf(asked, target);
  const look = { variables, settings: transform.settings, ...(visitor && { visitor }) };
  const compared = await compareWithQuery(url, output, action.rows, look, { ...how, ...(columns && { columns }) });
  return named(compared, how, "published", "SELECT");
}

/** Whose SQL is run, where a target says that it runs as somebody who may read its inputs alone. */
async function visitorOf(asked: Asked, target: Target): Promise<Visitor | undefined> {
  const { context, project, transform } = asked;
  if (isolationOf(target) === "none") return undefined;
  const { reads } = (await planOne(context, project, transform, target)) ?? (await planned(asked, {}));
  const { howToDeclare } = await import("../../check/how_to_declare.ts");
  const how = howToDeclare(project);
  return {
    file: transform.file,
    span: { file: transform.file },
    reads,
    howToDeclare: (table) => how(transform.id, table),
  };
}

async function planned(
  { project, transform, target }: Asked,
  variables: Readonly<Record<string, string>>,
): Promise<PlannedTransform> {
  const [{ makePlan, readFrom }, { kinds }] = await Promise.all([
    import("../../plan/make.ts"),
    import("../../kinds/index.ts"),
  ]);
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: [transform.id],
    description: transform.id,
    target: target.name,
    variables,
    readCode: readFrom(project.root),
    cache: true,
  });
  const [found] = plan.transforms;
  if (!found) throw new DiagnosticError(diagnostics);
  return found;
}
