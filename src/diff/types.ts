/** What differs between two states of a project, as plain data. */
import type { Place } from "../project/problem.ts";
import type { TypeName } from "../sql/questions/type_names.ts";

/**
 * `contract`: what others may rely on, and what the table is built with; `logic`: how its rows come about; `operations`: when
 * and how it runs; `words`: comments, formatting, descriptions.
 */
export type Area = "contract" | "logic" | "operations" | "words";

export const AREAS: readonly Area[] = ["contract", "logic", "operations", "words"];

export interface Change {
  readonly area: Area;
  /** Goes on from the name of what changed: `column member_id changed from bigint to text`. */
  readonly text: string;
  /** Of a contract. */
  readonly contract?: ContractChange;
}

export interface ContractChange {
  /** `schema.name`, a file's path or the name of a source of files, as it is now, or as it was if it is gone. */
  readonly relation: string;
  /** Absent: it is about the relation as a whole. */
  readonly column?: string;
  readonly breaking: boolean;
  /** Whom it may break: who reads that very column, or the relation where it is about the whole. */
  readonly readers: readonly Reader[];
  /** Who only follows from these. */
  readonly further: readonly Reader[];
  /** In the definition as it is now. */
  readonly place: Place;
}

export interface Reader {
  readonly transform: string;
  readonly pipeline: string;
  readonly owners: readonly string[];
  /** `may_read`: a declared input of code that nobody can look into. */
  readonly how: "reads" | "may_read" | "follows";
  /** It is changed in the same difference. */
  readonly changedToo: boolean;
}

type Status = "added" | "removed" | "renamed" | "changed";

export interface Entry {
  readonly what: "project" | "pipeline" | "source" | "transform";
  /** As it is now, or as it was if it was removed. */
  readonly name: string;
  readonly status: Status;
  /** Its name before, if it was renamed. */
  readonly before?: string;
  readonly pipeline?: string;
  readonly owners: readonly string[];
  /** The definition as it is now; absent if it was removed. */
  readonly file?: string;
  /** Contract first, words last. */
  readonly changes: readonly Change[];
  /** Its definition could not be read then, or can't be now. */
  readonly unreadable?: "before" | "now";
}

export interface Difference {
  /** Project, pipelines, sources, transforms; each by name. */
  readonly entries: readonly Entry[];
}

/** How a contract's change reaches those who read. */
export type Effect =
  | { readonly type: "safe" }
  | { readonly type: "breaks" }
  /** Breaks those whose stars bring it in. */
  | { readonly type: "adds" }
  /** Breaks those who pass it on as what it was. */
  | { readonly type: "widens"; readonly from: TypeName }
  /** Breaks those who may not read it any more. */
  | { readonly type: "shuts" };

/** A change before it is known whom it concerns. */
export interface FoundChange {
  readonly area: Area;
  readonly text: string;
  readonly contract?: {
    /** Its name then, for those who read it then; absent if it is new. */
    readonly before?: string;
    /** Absent if it is gone. */
    readonly now?: string;
    readonly column?: string;
    readonly effect: Effect;
    readonly place: Place;
  };
}

export interface FoundEntry extends Omit<Entry, "changes"> {
  readonly changes: readonly FoundChange[];
}
