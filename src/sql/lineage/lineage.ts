/** Column lineage of one SELECT. */
import type { Position } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../project/types.ts";
import { parse } from "../parser.ts";
import { type Places, placesIn, type SqlText } from "../positions.ts";
import { as, type Node, type SelectStmt, strings, unlessTooDeep } from "../tree.ts";
import { inputsOf, type InputColumn } from "./flow.ts";
import { type Compared, comparedListener, type Variables } from "./compared.ts";
import type { Analysis, Catalog, Listener, NotIn, Relation, Table } from "./scope.ts";
import { queryRelation } from "./select.ts";

interface OutputColumn {
  readonly name: string;
  /** The input columns that its value is computed from. */
  readonly value: readonly InputColumn[];
  /** Those that only decide on this column: conditions of CASE, a window's partition and order, rows of a subquery. */
  readonly decides: readonly InputColumn[];
  /** Set if it hands on one input column, unchanged but for the name. */
  readonly copyOf?: InputColumn;
  /** The input columns that it hands on so: that one, or those of the queries of a UNION. */
  readonly copies: readonly InputColumn[];
  /** An aggregate over rows lies between the input and this column. */
  readonly aggregate: boolean;
  /** Where its expression stands, or the star that it came by; undefined for a row of VALUES. */
  readonly start?: Position;
}

export interface Lineage {
  readonly columns: readonly OutputColumn[];
  /** What decides which rows there are, and so on every column: joins, filters, groups, limits. */
  readonly rows: readonly InputColumn[];
  /** Every column that the query names or reaches by a star, used or not: what `pg_depend` would list for its view. */
  readonly reads: readonly InputColumn[];
  /** Every table that the query names, also where it uses no column of it, as in `count(*)`. */
  readonly tables: readonly { readonly schema?: string; readonly name: string }[];
  /** Tables used as a whole row, as in `row_to_json(t)`. */
  readonly wholeRows: readonly { readonly schema?: string; readonly name: string }[];
  /** Names that mean nothing here, or too much, and stars of tables that the catalog does not know. */
  readonly notes: readonly { readonly message: string; readonly start: Position }[];
}

/** What the analysis found, in offsets of the text; for this room only. */
export interface Analysed {
  readonly select: SelectStmt;
  readonly relation: Relation;
  readonly analysis: Analysis;
}

/**
 * Where each column of a SELECT comes from. Undefined for text that is not one SELECT, or is nested too deep to be
 * walked: `oneSelect` says what is wrong with it. The caller has awaited `loadParser()`.
 */
export function lineage(code: SqlText, catalog: Catalog): Lineage | undefined {
  const analysed = analyse(code.text, catalog);
  return analysed && lineageOf(analysed, placesIn(code));
}

/** The views that statements create under a qualified name, each with the lineage of its query; else as `lineage`. */
export function viewLineages(
  code: SqlText,
  catalog: Catalog,
): readonly (TableName & { readonly invoker: boolean; readonly lineage: Lineage })[] {
  const parsed = parse(code.text);
  if (!parsed.ok) return [];
  const places = placesIn(code);
  return (parsed.tree.stmts ?? []).flatMap(({ stmt }) => {
    const { view, query, aliases, options } = as("ViewStmt", stmt) ?? {};
    const select = as("SelectStmt", query);
    if (!view?.schemaname || !view.relname || !select) return [];
    const analysed = analyseSelect(select, catalog);
    if (!analysed) return [];
    const found = lineageOf(analysed, places);
    const names = strings(aliases);
    const columns = found.columns.map((column, n) => ({ ...column, name: names[n] ?? column.name }));
    const invoker = (options ?? []).some(isSecurityInvoker);
    return [{ schema: view.schemaname, name: view.relname, invoker, lineage: { ...found, columns } }];
  });
}

/** What the queries of a text compare, and the lineage of each: of a SELECT, or of statements that fill or make tables. */
export function comparisonsIn(
  code: SqlText,
  catalog: Catalog,
  variables: Variables,
): Compared & { readonly queries: readonly Lineage[] } {
  const parsed = parse(code.text);
  const { listener, compared } = comparedListener(variables);
  const places = placesIn(code);
  const queries = (parsed.ok ? (parsed.tree.stmts ?? []) : []).flatMap(({ stmt }) => {
    const query =
      as("InsertStmt", stmt)?.selectStmt ?? as("CreateTableAsStmt", stmt)?.query ?? as("ViewStmt", stmt)?.query ?? stmt;
    const select = as("SelectStmt", query);
    const analysed = select && analyseSelect(select, catalog, listener);
    return analysed ? [lineageOf(analysed, places)] : [];
  });
  return { ...compared, queries };
}

/** `WITH (security_invoker)`, in any of the ways in which PostgreSQL takes a boolean. */
function isSecurityInvoker(option: Node): boolean {
  const { defname, arg } = as("DefElem", option) ?? {};
  if (defname !== "security_invoker") return false;
  if (arg === undefined) return true;
  const text = as("String", arg)?.sval?.toLowerCase() ?? String(as("Integer", arg)?.ival ?? 0);
  return ["on", "true", "yes", "1"].includes(text);
}

function lineageOf({ relation, analysis }: Analysed, places: Places): Lineage {
  return {
    columns: relation.columns.map(({ name, value, decides, copyOf, copiesOf, aggregate, offset }) => ({
      name,
      value: inputsOf(value),
      decides: inputsOf(decides),
      ...(copyOf ? { copyOf } : {}),
      copies: copyOf ? [copyOf] : (copiesOf ?? []),
      aggregate,
      ...(offset === undefined ? {} : { start: places.position(offset) }),
    })),
    rows: inputsOf(relation.rows),
    reads: [...analysis.reads],
    tables: [...analysis.tables.values()].map(nameOf),
    wholeRows: [...analysis.wholeRows].map(nameOf),
    notes: analysis.notes.map(({ message, offset }) => ({ message, start: places.position(offset) })),
  };
}

const nameOf = ({ schema, name }: Table) => (schema === undefined ? { name } : { schema, name });

export function analyse(text: string, catalog: Catalog): Analysed | undefined {
  if (last?.text !== text || last.catalog !== catalog) last = { text, catalog, analysed: analyseAnew(text, catalog) };
  return last.analysed;
}

/** One SELECT is asked about in several ways, one after the other. */
let last: { readonly text: string; readonly catalog: Catalog; readonly analysed: Analysed | undefined } | undefined;

function analyseAnew(text: string, catalog: Catalog): Analysed | undefined {
  const parsed = parse(text);
  if (!parsed.ok || parsed.tree.stmts?.length !== 1) return undefined;
  const select = as("SelectStmt", parsed.tree.stmts[0]?.stmt);
  return select && analyseSelect(select, catalog);
}

function analyseSelect(select: SelectStmt, catalog: Catalog, listener?: Listener): Analysed | undefined {
  let depth = 0;
  const notIns: NotIn[] = [];
  const analysis: Analysis = {
    catalog,
    listener,
    reads: new Set(),
    wholeRows: new Set(),
    tables: new Map(),
    notes: [],
    notIns,
    undoneJoins: [],
    depth: () => depth,
    query(inner, outer, ctes) {
      depth += 1;
      const relation = queryRelation(analysis, inner, outer, ctes);
      depth -= 1;
      return relation;
    },
  };
  return unlessTooDeep(() => ({ select, relation: analysis.query(select, undefined, undefined), analysis }), undefined);
}
