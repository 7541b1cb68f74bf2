import { deprecatedReads } from "./deprecated_reads.ts";
import { foreignKeys } from "./foreign_keys.ts";
import { nameCollisions } from "./name_collisions.ts";
import { phiIsLost } from "./phi_lost.ts";
import { outputsNeverMade } from "./outputs_never_made.ts";
import { pipelineCycles } from "./pipeline_cycles.ts";
import { restrictedReads } from "./restricted_reads.ts";
import { restrictionNames } from "./restriction_names.ts";
import type { Rule } from "./rule.ts";
import { sqlHints } from "./sql_hints.ts";
import { transformCycles } from "./transform_cycles.ts";
import { undeclaredReads } from "./undeclared_reads.ts";
import { unqualifiedNames } from "./unqualified_names.ts";
import { unreadInputs } from "./unread_inputs.ts";
import { variableDefaults } from "./variable_defaults.ts";
import { writesElsewhere } from "./writes_elsewhere.ts";

/** All checks on a whole project. To add one: a file, and a line here. */
export const rules: readonly Rule[] = [
  transformCycles,
  pipelineCycles,
  foreignKeys,
  nameCollisions,
  variableDefaults,
  undeclaredReads,
  unqualifiedNames,
  writesElsewhere,
  unreadInputs,
  outputsNeverMade,
  restrictionNames,
  restrictedReads,
  deprecatedReads,
  phiIsLost,
  sqlHints,
];
