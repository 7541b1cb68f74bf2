import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { KindSyntax } from "../project/kind_syntax.ts";
import type { Project, Transform } from "../project/types.ts";
import type { Action, Code } from "./types.ts";

export interface KindContext {
  readonly project: Project;
  /** The text of the file beside the definition, where the kind has one. */
  readonly code?: Code;
  /** Where that is SQL, its statements; one, a SELECT, for a kind whose file holds that. */
  readonly statements?: readonly Code[];
}

/** All that is a kind's own: its part of the YAML, its words for the docs, and what it plans. */
export interface Kind extends KindSyntax {
  /** One line for `ctf start --help` and the docs. */
  readonly summary: string;
  /** Markdown for docs/formats: what it does, with one example. */
  readonly documentation: string;
  /** What is to be done, or the problems that keep it from being planned. */
  plan(transform: Transform, context: KindContext): Action | readonly Diagnostic[];
}

/** The one table of kinds, by name. `src/kinds/index.ts` is where it is written. */
export type Kinds = ReadonlyMap<string, Kind>;
