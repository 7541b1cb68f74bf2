/**
 * What a file says by itself: checked, with everything that does not need another file. This is what the cache keeps, so it
 * is plain JSON.
 */
import type { Problem } from "./problem.ts";
import type {
  Execution,
  Grant,
  Monitor,
  Output,
  PostgresMajor,
  Source,
  Target,
  Variable,
  Visibility,
} from "./types.ts";

/** What transforms take from their pipeline and the project where they don't say otherwise. */
export type ExecutionDefinition = Partial<Execution>;

export type InputDefinition = { readonly transform: string; readonly pipeline?: string } | { readonly source: string };

export interface TransformDefinition extends ExecutionDefinition {
  readonly kind: string;
  readonly description?: string;
  readonly owners?: readonly string[];
  readonly inputs: readonly InputDefinition[];
  readonly outputs: readonly Output[];
  readonly monitors: readonly Monitor[];
  /** The file beside it, where the definition names one. */
  readonly code?: string;
  readonly spec: unknown;
}

export interface PipelineDefinition {
  readonly description?: string;
  readonly owners?: readonly string[];
  readonly schedule?: string;
  readonly defaults: ExecutionDefinition;
  /** Of outputs that don't say theirs. */
  readonly visibility?: Visibility;
  readonly grants: readonly Grant[];
}

export interface SourcesDefinition {
  /** `file` and `entry` are filled in with the project. */
  readonly sources: readonly Source[];
}

export interface CtfDefinition {
  readonly project: string;
  readonly postgres: PostgresMajor;
  readonly targets: readonly Target[];
  readonly defaultTarget: string;
  readonly variables: readonly Variable[];
  readonly python?: string;
  readonly pythonRequirements: readonly string[];
  readonly minCoverage?: number;
  readonly defaults: ExecutionDefinition;
  /** Of outputs that don't say theirs. */
  readonly visibility?: Visibility;
  readonly owners: readonly string[];
  readonly grants: readonly Grant[];
}

/** What became of a file's value. A definition may come with problems: other files still need its names. */
export interface Interpreted<T> {
  readonly definition?: T;
  readonly problems: readonly Problem[];
}

type Optional<T> = { [K in keyof T]: T[K] | undefined };

/** Leaves out the keys that have no value, as the types ask for. */
export function defined<T extends object>(value: Optional<T>): T {
  const kept: Record<string, unknown> = {};
  const all = value as Record<string, unknown>;
  for (const key in all) if (all[key] !== undefined) kept[key] = all[key];
  return kept as T;
}
