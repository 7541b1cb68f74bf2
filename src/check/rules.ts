import { foreignKeys } from "./foreign_keys.ts";
import { nameCollisions } from "./name_collisions.ts";
import { pipelineCycles } from "./pipeline_cycles.ts";
import type { Rule } from "./rule.ts";
import { transformCycles } from "./transform_cycles.ts";
import { variableDefaults } from "./variable_defaults.ts";

/** All checks on a whole project. To add one: a file, and a line here. */
export const rules: readonly Rule[] = [transformCycles, pipelineCycles, foreignKeys, nameCollisions, variableDefaults];
