import type { BaselineFlags } from "../work/checking.ts";

export interface TestFlags extends BaselineFlags {
  readonly k?: string;
  readonly changed?: boolean;
  readonly watch?: boolean;
  readonly update?: boolean;
  readonly debug?: boolean;
  readonly coverage?: boolean;
  /** true: only the structural tests; false: none of them. */
  readonly structural?: boolean;
  readonly seed?: number;
  readonly junit?: string;
  readonly format: "text" | "json" | "github";
}
