/** What has to be known of a table to make rows for it: plain data, of PostgreSQL's catalog and the declaration together. */
import type { TableName } from "../../project/types.ts";
import type { Condition } from "../../sql/conditions/condition.ts";
import type { Equality } from "../../sql/conditions/equality.ts";

export type TypeFacts =
  /** `name` as in pg_type: int4, numeric, bpchar. */
  | {
      readonly is: "base";
      readonly name: string;
      /** numeric(12,2): [12, 2]; varchar(10): [10]. */
      readonly modifiers: readonly number[];
    }
  | { readonly is: "enum"; readonly labels: readonly string[] }
  | { readonly is: "array"; readonly of: TypeFacts }
  | { readonly is: "range" | "multirange"; readonly of: TypeFacts }
  | { readonly is: "composite"; readonly attributes: readonly { readonly name: string; readonly type: TypeFacts }[] }
  /** Its checks speak of the column `value`; `base` is the name of the type that it narrows. */
  | {
      readonly is: "domain";
      readonly of: TypeFacts;
      readonly base: string;
      readonly notNull: boolean;
      readonly checks: readonly CheckFacts[];
    };

export interface CheckFacts {
  /** As a message names it. */
  readonly name: string;
  readonly sql: string;
  readonly condition: Condition;
  /** Where the check says what a column is, by the others. */
  readonly equality?: Equality;
}

export interface ColumnFacts {
  readonly name: string;
  /** As PostgreSQL writes it: `numeric(12,2)`, `text[]`, `public.mood`. */
  readonly type: string;
  readonly of: TypeFacts;
  readonly notNull: boolean;
  /** Who gives its value where a row does not. A generated column can't be given. */
  readonly filledBy?: "generated" | "identity" | "default";
  /** Values as the declaration gives them, null for NULL. */
  readonly examples?: readonly (string | null)[];
}

export interface ForeignKeyFacts {
  readonly columns: readonly string[];
  readonly references: TableName & { readonly columns: readonly string[] };
}

export interface TableFacts {
  readonly table: TableName;
  readonly columns: readonly ColumnFacts[];
  readonly primaryKey?: readonly string[];
  /** Beside the primary key. */
  readonly uniques: readonly (readonly string[])[];
  readonly checks: readonly CheckFacts[];
  readonly foreignKeys: readonly ForeignKeyFacts[];
}
