import { badName, badValue } from "./definition_codes.ts";
import { type CtfDefinition, defined, type Interpreted } from "./definitions.ts";
import { explain, withoutFaults } from "./explain.ts";
import type { Problem } from "./problem.ts";
import { ctfFile, type RawCtf } from "./syntax/ctf_file.ts";
import type { Target, Variable } from "./types.ts";
import { executionOf, executionProblems, grantProblems, grantsOf, suggestion } from "./values.ts";
import { quoted } from "./words.ts";

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
    defaults: executionOf(raw.defaults),
    owners: raw.defaults?.owners ?? [],
    ...(raw.defaults?.visibility !== undefined && { visibility: raw.defaults.visibility }),
    grants: grantsOf(raw.grants),
  };
  return { definition, problems: ctfProblems(raw, targets) };
}

function targetsOf(raw: RawCtf): readonly Target[] {
  const targets = Object.entries(raw.targets ?? {}).map(([name, target]): Target =>
    "url_env" in target ? { name, type: "url", urlEnv: target.url_env } : { name, type: "embedded" },
  );
  return targets.length > 0 ? targets : [LOCAL];
}

function ctfProblems(raw: RawCtf, targets: readonly Target[]): readonly Problem[] {
  const problems: Problem[] = [
    ...executionProblems(raw.defaults, ["defaults"]),
    ...grantProblems(raw.grants, ["grants"]),
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
