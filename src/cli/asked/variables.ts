import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import type { Project, Variable } from "../../project/types.ts";
import { exampleOf, fitsVariable } from "../../project/variables.ts";
import { unknownVariable, wrongVariableValue } from "../codes.ts";
import { UsageError } from "../context.ts";

/** `--var run_date=2018-04-17`, each time it is given. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The values that a command works with: what `--var` gave, else defaults. A variable with neither is left out. */
export function variableValues(project: Project, given: readonly string[]): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const variable of project.variables) {
    if (variable.default !== undefined) values[variable.name] = variable.default;
  }
  const byName = new Map(project.variables.map((variable) => [variable.name, variable]));
  const problems: Diagnostic[] = [];
  for (const assignment of given) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(assignment) ?? [undefined, assignment];
    const variable = byName.get(name!);
    const problem = variable ? problemWith(variable, value) : unknown(name!, byName);
    if (problem) problems.push(problem);
    else values[name!] = value!;
  }
  if (problems.length > 0) throw new UsageError(problems);
  return values;
}

function problemWith(variable: Variable, value: string | undefined): Diagnostic | undefined {
  const { name, type } = variable;
  const hint = `Write --var ${name}=${type === "text" ? "VALUE" : exampleOf(variable)}`;
  if (value === undefined) return wrongVariableValue({ message: `--var ${name} has no value`, hint });
  if (fitsVariable(type, value)) return undefined;
  return wrongVariableValue({ message: `${name} is declared as ${type}, which ${JSON.stringify(value)} is not`, hint });
}

function unknown(name: string, known: ReadonlyMap<string, Variable>): Diagnostic {
  const near = nearest(name, known.keys());
  return unknownVariable({
    message: `the project has no variable ${name}`,
    hint:
      near !== undefined
        ? `Did you mean ${near}?`
        : known.size > 0
          ? `It has ${[...known.keys()].join(", ")}.`
          : "Variables are declared under vars: in ctf.yaml.",
  });
}
