import { deprecatedReads } from "./deprecated_reads.ts";
import { environmentNames } from "./environment_names.ts";
import { foreignKeys } from "./foreign_keys.ts";
import { mappedFunctions } from "./mapped_functions.ts";
import { nameCollisions } from "./name_collisions.ts";
import { namedColumns } from "./named_columns.ts";
import { openedByViews } from "./opened_by_views.ts";
import { outputsNeverMade } from "./outputs_never_made.ts";
import { phiIsLost } from "./phi_lost.ts";
import { pipelineCycles } from "./pipeline_cycles.ts";
import { publicGrants } from "./public_grants.ts";
import { pythonParameters } from "./python_parameters.ts";
import { restrictedReads } from "./restricted_reads.ts";
import { restrictionNames } from "./restriction_names.ts";
import type { Rule } from "./rule.ts";
import { runsAsCtfRule } from "./runs_as_ctf.ts";
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
  environmentNames,
  undeclaredReads,
  unqualifiedNames,
  writesElsewhere,
  unreadInputs,
  pythonParameters,
  mappedFunctions,
  namedColumns,
  outputsNeverMade,
  restrictionNames,
  restrictedReads,
  deprecatedReads,
  publicGrants,
  openedByViews,
  runsAsCtfRule,
  phiIsLost,
  sqlHints,
];
