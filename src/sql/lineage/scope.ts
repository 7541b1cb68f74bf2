/** What names mean at a place in a query: the items of FROM here and further out, and the WITH queries. */
import type { Node, SelectStmt } from "../tree.ts";
import type { Flow, InputColumn, Value } from "./flow.ts";

/** What is known of a table's column. */
export interface CatalogColumn {
  readonly name: string;
  readonly notNull?: boolean;
  /** The names of its fields, if its type is composite. */
  readonly fields?: readonly string[];
}

/** The columns of a table or view in their order; undefined if it is not known. */
export type Catalog = (schema: string | undefined, name: string) => readonly CatalogColumn[] | undefined;

export interface Column extends Value {
  readonly name: string;
  /** Set on the columns of a table itself, not on those of queries that pass them on. */
  readonly table?: InputColumn;
  /** Where the star stands that it came by from a table, if nobody has named it since. */
  readonly byStar?: number;
  /** Where the expression of an output column stands, or the star that it came by. */
  readonly offset?: number;
}

/** What a query, or an item of FROM, gives. */
export interface Relation {
  readonly columns: readonly Column[];
  /** What decides which rows there are. */
  readonly rows: Flow;
  /** The column of that name of something whose columns are not all known. */
  readonly open?: (name: string) => Column;
}

/** A table or view that the query reads. */
export interface Table {
  readonly schema?: string;
  readonly name: string;
  readonly relation: Relation;
  /** Any column of it: one that the catalog lists, a system column, or one of a table that it does not know. */
  readonly column: (name: string) => Column;
}

/** Something that can be named in a query: `alias.column`, or only `column`. */
export interface Item {
  readonly relation: Relation;
  /** Undefined for what can't be named, such as a join without an alias. */
  readonly alias?: string;
  /** Of a table without an alias: `schema.table.column` names it too. */
  readonly schema?: string;
  /** The columns can be named alone; those of a join's sides can't, since the join itself has them. */
  readonly alone: boolean;
  /** The table that it is, for whole-row references. */
  readonly table?: Table;
  /** An outer join may fill its columns with NULLs. */
  readonly optional: boolean;
}

/** The WITH queries of one WITH, seen from a place. */
export interface Ctes {
  readonly get: (name: string) => Relation | undefined;
  readonly outer: Ctes | undefined;
}

export interface Scope {
  readonly items: readonly Item[];
  readonly outer: Scope | undefined;
  readonly ctes: Ctes | undefined;
  /** Partition and order of the named windows. */
  readonly windows?: ReadonlyMap<string, Flow>;
}

/** A `NOT IN (SELECT …)`, and the column that it looks in. */
export interface NotIn {
  readonly offset: number;
  readonly columns: readonly Column[];
}

/** Hears of what an analysis meets. */
export interface Listener {
  /** Every node of an expression; `valueOf` says what a node in it is. */
  readonly node: (node: Node, valueOf: (inner: Node) => Value) => void;
  /** Two values that are compared without an expression: by USING, or by IN with a query. */
  readonly pair: (left: Value, right: Value) => void;
}

/** One analysis of one statement: what it can ask, and what it gathers on the way. */
export interface Analysis {
  readonly catalog: Catalog;
  /** The columns of tables that the query names, or reaches by a star. */
  readonly reads: Set<InputColumn>;
  /** Tables that are used as a whole row: `row_to_json(t)`. */
  readonly wholeRows: Set<Table>;
  /** The tables that were met, by schema and name: one object for each input column, so that sets can hold them. */
  readonly tables: Map<string, Table>;
  readonly notes: { readonly message: string; readonly offset: number }[];
  readonly notIns: NotIn[];
  /** Places in a WHERE that throw away the rows that an outer join has kept. */
  readonly undoneJoins: { readonly offset: number; readonly column: string; readonly alias: string }[];
  readonly listener?: Listener | undefined;
  /** How many queries deep the analysis is: 1 in the outermost. */
  readonly depth: () => number;
  /** Analyses a query; here so that expressions can hold queries without a cycle of imports. */
  readonly query: (select: SelectStmt, outer: Scope | undefined, ctes: Ctes | undefined) => Relation;
}
