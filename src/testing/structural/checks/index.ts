/** All structural checks, in the order in which they are made. */
import type { StructuralCheck } from "./check.ts";
import { compiles } from "./compiles.ts";
import { declaration } from "./declaration.ts";
import { emptyInputs } from "./empty_inputs.ts";
import { exercised } from "./exercised.ts";
import { extremeInputs } from "./extreme_inputs.ts";
import { generatedInputs } from "./generated_inputs.ts";
import { keysAndChecks } from "./keys_and_checks.ts";
import { nothingVanishes } from "./nothing_vanishes.ts";
import { rowOrder } from "./row_order.ts";
import { sameTwice } from "./same_twice.ts";
import { secondUpsert } from "./second_upsert.ts";
import { unusualInputs } from "./unusual_inputs.ts";

export const structuralChecks: readonly StructuralCheck[] = [
  compiles,
  declaration,
  emptyInputs,
  generatedInputs,
  exercised,
  keysAndChecks,
  sameTwice,
  secondUpsert,
  rowOrder,
  nothingVanishes,
  unusualInputs,
  extremeInputs,
];
