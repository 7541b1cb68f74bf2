import type { Path } from "./problem.ts";

/** The way to a transform's output in its definition: under `output:`, or in the list of `outputs:`. */
export const outputPath = ({ outputs }: { readonly outputs: readonly unknown[] }, index: number): Path =>
  outputs.length > 1 ? ["outputs", index] : ["output"];
