/**
 * What may depend on a table that is to be swapped. The list of what is replaced or copied is closed: anything else
 * stops the run before the build, in PostgreSQL's own words.
 */
import type { Diagnostic, Span } from "../../../diagnostics/diagnostic.ts";
import { tableText, type TableOutput } from "../../../project/types.ts";
import { cannotSwap } from "../codes.ts";
import { missingSchemaRight } from "../../codes.ts";
import type { Dependent } from "./pg_depend.ts";
import type { Relation } from "../relation.ts";
import { lostFromColumns } from "./columns.ts";

export type Class =
  /** Belongs to the table itself: declared anew, or copied. */
  | "own"
  /** A view that reads the table: re-created against the new one. */
  | "view"
  /** A foreign key of another table that CTF made: dropped and added again. */
  | "our_foreign_key"
  | "blocks";

export function classify(
  dependent: Dependent,
  table: Pick<Relation, "oid">,
  ourForeignKeys: ReadonlySet<number>,
): Class {
  const own = dependent.relation === table.oid;
  switch (dependent.catalog) {
    case "pg_attrdef":
    case "pg_policy":
    case "pg_statistic_ext":
    case "pg_type":
      return own ? "own" : "blocks";
    case "pg_constraint":
      if (own) return "own";
      return ourForeignKeys.has(dependent.oid) ? "our_foreign_key" : "blocks";
    case "pg_trigger":
      return dependent.detail === "internal" ? "own" : "blocks";
    case "pg_rewrite":
      return !own && dependent.detail === "view" && dependent.relationKind === "v" ? "view" : "blocks";
    case "pg_class":
      // Its indexes, its TOAST table, and the sequence of an identity column (deptype i).
      if (own || dependent.relationKind === "t") return "own";
      // A view with a column of the table's row type.
      if (dependent.relationKind === "v") return "view";
      return dependent.relationKind === "S" && dependent.type === "i" ? "own" : "blocks";
    default:
      return "blocks";
  }
}

export const wayOut = "write `publish: rows` in the definition: the table stays and its rows are changed.";

/** Why the table can't be swapped, if it can't. */
export function swapProblems(
  output: TableOutput,
  table: Relation,
  ourForeignKeys: ReadonlySet<number>,
  span: Span,
): readonly Diagnostic[] {
  const name = tableText(output);
  const blockers = new Set(
    table.dependents
      .filter((dependent) => classify(dependent, table, ourForeignKeys) === "blocks")
      .map((dependent) => dependent.description),
  );
  const columns = lostFromColumns(output, table);
  const reasons = [
    ...[...blockers].sort().map((description) => `${description} depends on it`),
    ...(table.isPartition ? ["it is a partition of another table"] : []),
    ...(table.inherits && !table.isPartition ? ["it inherits from a table, or a table inherits from it"] : []),
    ...(table.ofType === null ? [] : [`it is a table of type ${table.ofType}`]),
    ...columns,
    ...(table.extension ? ["it belongs to an extension"] : []),
    ...table.publications.map(
      (publication) => `publication ${publication} publishes it, and its subscribers would silently diverge`,
    ),
    ...(table.subscribed ? ["a subscription writes into it"] : []),
  ];
  return [
    ...(reasons.length > 0
      ? [
          cannotSwap({
            message: `${name} can't be swapped: ${reasons.join("; ")}`,
            span,
            hint: `${columns.length > 0 ? "Write it in the definition where that is possible, drop it" : "Drop it"}, or ${wayOut}`,
          }),
        ]
      : []),
    ...(table.ours
      ? []
      : [
          missingSchemaRight({
            message:
              table.owner === table.me
                ? `${name} can't be put in its place: the role that CTF runs as (${table.me}) may not create in schema ${output.schema}`
                : `${name} belongs to ${table.owner}, and the role that CTF runs as (${table.me}) may not put another in its place`,
            span,
            hint: `${table.owner === table.me ? "" : `GRANT ${table.owner} TO ${table.me}; `}GRANT CREATE ON SCHEMA ${output.schema} TO ${table.me}; or ${wayOut}`,
          }),
        ]),
  ];
}

interface UsedColumn {
  readonly name: string;
  readonly type: string;
  readonly typeOid: number;
  readonly typmod: number;
}

export interface ViewRead {
  readonly oid: number;
  readonly columns: readonly UsedColumn[];
  /** One of its columns is of the table's row type, which a swap changes. */
  readonly rowType: boolean;
  /** It groups by the primary key, and shows other columns. */
  readonly needsKey: boolean;
}

/** The views that read the table directly, with the columns that each uses. */
export function viewsOf(table: Relation, ourForeignKeys: ReadonlySet<number>): readonly ViewRead[] {
  const views = new Map<number, { oid: number; columns: UsedColumn[]; rowType: boolean; needsKey: boolean }>();
  for (const dependent of table.dependents) {
    if (classify(dependent, table, ourForeignKeys) !== "view" || dependent.relation === null) continue;
    const view = views.get(dependent.relation) ?? {
      oid: dependent.relation,
      columns: [],
      rowType: false,
      needsKey: false,
    };
    views.set(dependent.relation, view);
    if (dependent.catalog === "pg_class") view.rowType = true;
    if (dependent.onConstraint) view.needsKey = true;
    if (dependent.column === null) continue;
    const { column: name, columnType: type, typeOid, typmod } = dependent;
    view.columns.push({ name, type: type ?? "", typeOid: typeOid ?? 0, typmod: typmod ?? -1 });
  }
  return [...views.values()];
}
