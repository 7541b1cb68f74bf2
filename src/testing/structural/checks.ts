/** All structural checks, in the order in which they are made. */
import type { StructuralCheck } from "./check.ts";
import { compiles } from "./checks/compiles.ts";
import { declaration } from "./checks/declaration.ts";
import { emptyInputs } from "./checks/empty_inputs.ts";
import { exercised } from "./checks/exercised.ts";
import { extremeInputs } from "./checks/extreme_inputs.ts";
import { generatedInputs } from "./checks/generated_inputs.ts";
import { keysAndChecks } from "./checks/keys_and_checks.ts";
import { nothingVanishes } from "./checks/nothing_vanishes.ts";
import { rowOrder } from "./checks/row_order.ts";
import { sameTwice } from "./checks/same_twice.ts";
import { secondUpsert } from "./checks/second_upsert.ts";
import { unusualInputs } from "./checks/unusual_inputs.ts";

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
