import type { z } from "zod";
import type { Problem } from "./problem.ts";
import type { ColumnRead, NamedFunction, Output, Source, Transform } from "./types.ts";

/** What this room must know of a kind to read its definitions: a kind brings it, this room never names one. */
export interface KindSyntax {
  readonly name: string;
  /**
   * Keys beside the common ones (`sql`, `keys`, `files` …), strict. Its output becomes `Transform.spec`.
   * Loaded only when a definition has to be read anew.
   */
  schema(): Promise<z.ZodObject>;
  /** The output types that it can make. */
  readonly outputs: readonly Output["type"][];
  /** One `output:`, or a list under `outputs:`. */
  readonly severalOutputs: boolean;
  /** The file beside the definition, or none: its ending, the key that may name another, and what it holds if it is SQL. */
  readonly code?: {
    readonly key: string;
    readonly extension: string;
    readonly holds?: "select" | "statements";
  };
  /** Further files that a definition names, from the project's root, each with a function of it and the place where it does. */
  files?(transform: Transform): readonly NamedFunction[];
  /** May name itself among its inputs (upsert reads its own earlier rows). */
  readonly mayReadItself: boolean;
  /** Somebody else makes what it declares as its output. */
  readonly madeElsewhere?: true;
  /** May leave `columns` out of its output. */
  readonly columnsOptional: boolean;
  /** What a definition whose shape is right names of its inputs, for a kind without code. */
  columnReads?(transform: Transform): readonly ColumnRead[];
  /** What only this kind can say of a definition whose shape is right. */
  check?(transform: Transform, sources: ReadonlyMap<string, Source>): readonly Problem[];
}

export type KindSyntaxes = ReadonlyMap<string, KindSyntax>;
