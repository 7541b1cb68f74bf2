import { badName, badValue } from "../codes/definition_codes.ts";
import { type CtfDefinition, defined, type Interpreted } from "../definitions.ts";
import type { Problem } from "../problem.ts";
import { suggestion } from "../suggestion.ts";
import { ctfFile, type RawCtf } from "../syntax/ctf_file.ts";
import type { Target, Variable } from "../types.ts";
import { quoted } from "../words.ts";
import { explain, withoutFaults } from "./explain.ts";
import { executionOf, executionProblems, grantProblems, grantsOf } from "./values.ts";

const LOCAL: Target = { name: "local", type: "embedded" };

export function readCtf(value: unknown): Interpreted<CtfDefinition> {
  const result = ctfFile.safeParse(value);
  if (result.success) return interpret(result.data);
  const shape = explain(ctfFile, result.error.issues, value);
  const rest = ctfFile.safeParse({ ctf: 1, project: "?", ...withoutFaults(value, result.error.issues) });
  return { problems: [...shape, ...(rest.success ? interpret(rest.data).problems : [])] };
}

function interpret(raw: RawCtf): Interpreted<CtfDefinition> {
  const targets = targetsOf(raw);
  const definition: CtfDefinition = {
    project: raw.project,
    postgres: raw.postgres ?? 18,
    targets,
    defaultTarget: raw.default_target ?? (targets.find(({ name }) => name === "local") ?? targets[0]!).name,
    variables: Object.entries(raw.vars ?? {}).map(([name, variable]) =>
      defined<Variable>({
        name,
        type: variable.type ?? "text",
        default: variable.default === undefined ? undefined : String(variable.default),
        description: variable.description,
      }),
    ),
    ...(raw.python === undefined ? {} : { python: raw.python }),
    pythonRequirements: raw.python_requirements ?? [],
    ...(raw.min_coverage === undefined ? {} : { minCoverage: raw.min_coverage }),
    defaults: executionOf(raw.defaults),
    owners: raw.defaults?.owners ?? [],
    ...(raw.defaults?.visibility !== undefined && { visibility: raw.defaults.visibility }),
    grants: grantsOf(raw.grants),
  };
  return { definition, problems: ctfProblems(raw, targets) };
}

function targetsOf(raw: RawCtf): readonly Target[] {
  const targets = Object.entries(raw.targets ?? {}).map(([name, target]): Target => {
    const options = {
      ...(target.isolation !== undefined && { isolation: target.isolation }),
      ...(target.prefix !== undefined && { prefix: target.prefix }),
      ...(target.defer !== undefined && { defer: target.defer }),
    };
    return "url_env" in target
      ? { name, type: "url", urlEnv: target.url_env, ...options }
      : { name, type: "embedded", ...options };
  });
  return targets.length > 0 ? targets : [LOCAL];
}

/** `defer` has to lead, from target to target, to one that keeps names as they are, or to an end. */
function deferProblems(targets: readonly Target[]): readonly Problem[] {
  const byName = new Map(targets.map((target) => [target.name, target]));
  return targets.flatMap(({ name, defer, prefix }): readonly Problem[] => {
    if (defer === undefined) return [];
    const place = { code: badValue, path: ["targets", name, "defer"] };
    if (prefix === undefined) {
      const hint = `Add "prefix: ${name}_": a target without one reads where it writes.`;
      return [{ ...place, message: `target ${quoted(name)} defers to another and has no prefix`, hint }];
    }
    if (!byName.has(defer)) {
      return [{ ...place, message: `there is no target ${quoted(defer)}`, ...suggestion(defer, [...byName.keys()]) }];
    }
    const seen = new Set([name]);
    for (let next: string | undefined = defer; next !== undefined; next = byName.get(next)?.defer) {
      if (next === name) {
        const by = defer === name ? "" : ` by way of ${quoted(defer)}`;
        return [{ ...place, message: `target ${quoted(name)} defers to itself${by}`, hint: "Name another." }];
      }
      if (seen.has(next)) return [];
      seen.add(next);
    }
    return [];
  });
}

function ctfProblems(raw: RawCtf, targets: readonly Target[]): readonly Problem[] {
  const problems: Problem[] = [
    ...executionProblems(raw.defaults, ["defaults"]),
    ...grantProblems(raw.grants, ["grants"]),
    ...deferProblems(targets),
  ];
  const names = targets.map(({ name }) => name);
  if (raw.default_target !== undefined && !names.includes(raw.default_target)) {
    problems.push({
      code: badValue,
      path: ["default_target"],
      message: `there is no target ${quoted(raw.default_target)}`,
      ...suggestion(raw.default_target, names),
    });
  } else if (raw.default_target === undefined && names.length > 1 && !names.includes("local")) {
    problems.push({
      code: badValue,
      path: ["targets"],
      at: "key",
      message: "there are several targets, and nothing says which is the default",
      hint: `Add "default_target: ${names[0]}".`,
    });
  }
  for (const [name, variable] of Object.entries(raw.vars ?? {})) {
    if (/^[a-z][a-z0-9_]*$/.test(name)) {
      if (
        typeof variable.default === "number" &&
        !Number.isSafeInteger(variable.default) &&
        Number.isInteger(variable.default)
      ) {
        const message = `the default of variable ${quoted(name)} has more digits than YAML numbers keep`;
        problems.push({ code: badValue, path: ["vars", name, "default"], message, hint: "Put it in quotes." });
      }
      continue;
    }
    problems.push({
      code: badName,
      path: ["vars", name],
      at: "key",
      message: `${quoted(name)} can't be the name of a variable`,
      hint: "Use small letters, digits and _, beginning with a letter: SQL reads it as ctf.NAME.",
    });
  }
  return problems;
}
