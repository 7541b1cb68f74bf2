/**
 * What the catalog says of live tables. Expressions and type names are PostgreSQL's own text, qualified as far as the
 * client's search_path asks for: with an empty one, every name outside pg_catalog is.
 */
import type { TableName } from "../../project/types.ts";

type RelationKind = "table" | "partitioned_table" | "view" | "materialized_view" | "foreign_table";

export interface LiveRelation extends TableName {
  readonly oid: number;
  readonly kind: RelationKind;
  readonly owner: string;
  readonly comment?: string;
  /** Storage or view options, as `fillfactor=70`. */
  readonly options: readonly string[];
  /** Only for views. */
  readonly query?: string;
}

export interface LiveColumn {
  readonly table: number;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly identity?: "always" | "by_default";
  readonly default?: string;
  /** The expression of a generated column. */
  readonly generated?: string;
  /** Only where it is not the type's own. */
  readonly collation?: string;
  readonly comment?: string;
}

interface LiveConstraintBase {
  readonly table: number;
  readonly name: string;
  /** As PostgreSQL would write it after `CONSTRAINT name`. */
  readonly definition: string;
  readonly validated: boolean;
  readonly deferrable: boolean;
  readonly comment?: string;
}

export type LiveConstraint = LiveConstraintBase &
  (
    | {
        readonly type: "primary_key" | "unique";
        readonly columns: readonly string[];
        readonly include: readonly string[];
        readonly nullsNotDistinct: boolean;
      }
    | { readonly type: "check"; readonly expression: string }
    | {
        readonly type: "foreign_key";
        readonly columns: readonly string[];
        readonly references: TableName & { readonly columns: readonly string[] };
        /** ON DELETE, ON UPDATE or MATCH other than the defaults. */
        readonly special: boolean;
      }
    | { readonly type: "exclusion" }
  );

export interface LiveIndexKey {
  readonly column?: string;
  /** With its collation, unless that is the database's own. */
  readonly expression?: string;
  readonly order: "asc" | "desc";
  readonly nulls: "first" | "last";
  /** Only where it is not the type's default. */
  readonly opclass?: string;
  /** Only on a plain column, where it is not the column's own. */
  readonly collation?: string;
}

export interface LiveIndex {
  readonly table: number;
  readonly name: string;
  /** The whole CREATE INDEX statement. */
  readonly definition: string;
  readonly keys: readonly LiveIndexKey[];
  readonly include: readonly string[];
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  readonly method: string;
  /** Whether the method knows an order at all (btree does, gin does not). */
  readonly ordered: boolean;
  readonly where?: string;
  readonly options: readonly string[];
  readonly valid: boolean;
  readonly comment?: string;
}

export interface LiveStatistics extends TableName {
  readonly table: number;
  readonly columns: readonly string[];
  readonly expressions: readonly string[];
  readonly kinds: readonly string[];
  readonly definition: string;
  readonly comment?: string;
}

export interface LiveGrant {
  readonly table: number;
  /** Absent: on the whole table. */
  readonly column?: string;
  /** `PUBLIC` for everybody. */
  readonly role: string;
  readonly privileges: readonly string[];
  readonly grantable: boolean;
}

/** One table or view with all that is declared on it. */
export interface LiveTable {
  readonly relation: LiveRelation;
  readonly columns: readonly LiveColumn[];
  readonly constraints: readonly LiveConstraint[];
  readonly indexes: readonly LiveIndex[];
  readonly statistics: readonly LiveStatistics[];
  readonly grants: readonly LiveGrant[];
}
