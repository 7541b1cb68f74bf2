/** Structural tests: what holds of every transform, whatever it does. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";

/** What a check has found, with the smallest rows that show it. */
export interface Finding {
  /** By the check's name. */
  readonly check: string;
  readonly diagnostic: Diagnostic;
  /** PostgreSQL's or Python's own words: they may quote the rows that were made up, which are nobody's. */
  readonly words?: string;
  /** A test in YAML, ready for the file of the transform's tests: an item of its list. */
  readonly test?: string;
}

export type CheckStatus = "passed" | "failed" | "noted" | "not exercised" | "not run";

/** Of one transform. Plain data: it is kept until something changes that it depends on. */
export interface StructuralResult {
  readonly findings: readonly Finding[];
  /** By the check's name, in the order of the checks. */
  readonly statuses: Readonly<Record<string, CheckStatus>>;
}

export interface StructuralVerdict extends StructuralResult {
  /** `pipeline.transform` */
  readonly of: string;
  /** The definition. */
  readonly file: string;
  /** It was known from the last time. */
  readonly kept: boolean;
  readonly seconds: number;
}
