import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { NamedFunction, Transform } from "../../project/types.ts";
import { functionKey } from "../functions/gather.ts";
import type { Signature } from "../functions/signature.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const example = (name: string) => ({
  "sources/clinic.yaml":
    "sources:\n  - name: answers\n    table: clinic.answers\n    columns: [{name: id, type: bigint}, {name: answers, type: jsonb}]\n",
  "pipelines/claims/events.yaml": `kind: flatten
inputs:
  - source: answers
flatten:
  documents: {from: clinic.answers, column: answers, key: id}
  schema: {paths: [{path: name}]}
  map: ./clean.ts:${name}
output:
  table: clinic.events
  columns:
    - {name: id, type: bigint}
    - {name: value, type: text}
`,
  "pipelines/claims/clean.ts": "export function clean(path: string, value: unknown) {\n  return value;\n}\n",
});

const badFunction = defineCode({
  code: "CTF249",
  name: "map-function",
  severity: "error",
  what: "The file that `map:` names has no such function, or the function does not take a path and a value.",
  why: "It would fail when the transform runs.",
  todo: "Correct the name, or write the function: `def clean(path, value):`, `export function clean(path, value) {`.",
  bad: example("clear"),
  good: example("clean"),
});

export const mappedFunctions: Rule = {
  codes: [badFunction],
  check: ({ project, functions }) =>
    project.transforms.flatMap((transform) =>
      (transform.functions ?? []).flatMap((named): readonly RuleFinding[] => {
        const file = functions.get(functionKey(named));
        // What another module makes of it, only running it would tell.
        if (file === undefined || file === "unknown") return [];
        if (file === "none") {
          const exports = isPython(named) ? "has" : "exports";
          return [finding(transform, named, `${named.file} ${exports} no function ${named.function}`)];
        }
        const message = wrong(file, named.function);
        return message === undefined ? [] : [finding(transform, named, message, file)];
      }),
    ),
};

const isPython = ({ file }: NamedFunction): boolean => file.endsWith(".py");

/** It is called with a path and a value, one after the other. */
function wrong({ isAsync, parameters }: Signature, name: string): string | undefined {
  if (isAsync) return `${name} is an async function, and has to return a value`;
  const placed = parameters.filter(({ way }) => way === "any" || way === "position");
  const takesAll = parameters.some(({ way }) => way === "others") && placed.length < 2;
  const asksMore = [...placed.slice(2), ...parameters.filter(({ way }) => way === "name")].some(
    ({ hasDefault }) => !hasDefault,
  );
  return (placed.length >= 2 || takesAll) && !asksMore ? undefined : `${name} does not take a path and a value`;
}

/** At the function, where there is one. */
function finding(transform: Transform, named: NamedFunction, message: string, found?: Signature): RuleFinding {
  const { file, function: name, path } = named;
  const wanted = isPython(named) ? `def ${name}(path, value):` : `export function ${name}(path, value) {`;
  const problem = { code: badFunction, path, message, hint: `Write: ${wanted}` };
  if (!found) return { file: transform.file, transform: transform.id, problem };
  const { start } = found;
  const span = { file, start, end: { line: start.line, column: start.column + [...name].length } };
  return { file: transform.file, transform: transform.id, problem: { ...problem, path: [], span } };
}
