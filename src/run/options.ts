/** What a run is asked beside its plan. */
import type { PostgresMajor, TableName, Target } from "../project/types.ts";
import type { Listener } from "./events.ts";

export interface RunOptions {
  readonly root: string;
  readonly target: Target;
  readonly postgres: PostgresMajor;
  readonly concurrency: number;
  /** The first failure ends the run: what has not begun is skipped. */
  readonly failFast: boolean;
  /** Go on where the project's last run on this target stopped. */
  readonly resume: boolean;
  readonly rebuildViews: boolean;
  /** Cancels cleanly. */
  readonly interrupt: AbortSignal;
  /** Leaves at once. */
  readonly kill: AbortSignal;
  /** Python transforms: the interpreter as ctf.yaml names it, and the environment's variables that they are not to see. */
  readonly python?: { readonly interpreter?: string; readonly secrets: readonly string[] };
  /** How a transform is to declare that it reads a table, where the project knows that. */
  readonly howToDeclare?: (transform: string, table: TableName) => string | undefined;
  /** Where targets find their addresses, and file patterns their `${NAME}`s. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly listeners: readonly Listener[];
}
