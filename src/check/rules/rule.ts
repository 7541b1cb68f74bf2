import type { Code, TextEdit } from "../../diagnostics/diagnostic.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Finding, Path } from "../../project/problem.ts";
import type { Project } from "../../project/types.ts";
import type { FoundFunction } from "../functions/signature.ts";
import type { Lineage } from "../lineage/graph.ts";
import type { Relations } from "../relations.ts";
import type { Flows, Uses } from "../uses/types.ts";

/** All that rules look at. */
export interface Facts {
  readonly project: Project;
  readonly graph: Graph;
  /** What the SQL beside a definition really uses, by transform. */
  readonly uses: ReadonlyMap<string, Uses>;
  /** Where the columns of its queries come from, by transform. */
  readonly flows: ReadonlyMap<string, Flows>;
  /** The same, from table to table. */
  readonly lineage: Lineage;
  /** What the functions take that a run calls, by `functionKey`. */
  readonly functions: ReadonlyMap<string, FoundFunction>;
  /** Every table and view that the project knows. */
  readonly relations: Relations;
}

/** What mends a finding, where there is one right answer. `ctf check --fix` does it. */
export type Remedy =
  | { readonly type: "edit"; readonly edit: TextEdit }
  /** To the definition's inputs. */
  | { readonly type: "add_input"; readonly input: Readonly<Record<string, string>> }
  | { readonly type: "remove_input"; readonly index: number }
  /** The item with this number of the list at `columns` gets `phi: true`. */
  | { readonly type: "mark_phi"; readonly columns: Path; readonly index: number };

export interface RuleFinding extends Finding {
  readonly remedy?: Remedy;
}

/** One thing that is looked for in a whole project. Its file owns its codes, their words and the check. */
export interface Rule {
  readonly codes: readonly Code[];
  check(facts: Facts): readonly RuleFinding[];
}
