import { defineCode } from "../../diagnostics/diagnostic.ts";
import { exampleOf, fitsVariable } from "../../project/variables.ts";
import type { Rule } from "./rule.ts";

const project = (value: string) => ({
  "ctf.yaml": `ctf: 1\nproject: example\nvars:\n  run_date: {type: date, default: ${value}}\n`,
});

const badVariableDefault = defineCode({
  code: "CTF130",
  name: "bad-variable-default",
  severity: "error",
  what: "A variable's default is not of its type.",
  why: "Each transform that reads it would fail, or read something else on a server with other settings.",
  todo: "Write a value of the type. Dates are written 2018-04-17.",
  bad: project("17.04.2018"),
  good: project("2018-04-17"),
});

export const variableDefaults: Rule = {
  codes: [badVariableDefault],
  check({ project }) {
    return project.variables.flatMap((variable) => {
      if (variable.default === undefined || fitsVariable(variable.type, variable.default)) return [];
      return [
        {
          file: "ctf.yaml",
          problem: {
            code: badVariableDefault,
            path: ["vars", variable.name, "default"],
            message: `"${variable.default}" is not a value of type ${variable.type}`,
            hint: `Write it like ${exampleOf(variable)}.`,
          },
        },
      ];
    });
  },
};
