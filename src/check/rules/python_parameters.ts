import { defineCode, type Position } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import type { Transform } from "../../project/types.ts";
import { itemText } from "../../project/write/item_text.ts";
import { CALLED, functionKey } from "../functions/gather.ts";
import { CONTEXT, givenTo, inputCalled } from "../functions/given.ts";
import type { FoundFunction, Signature } from "../functions/signature.ts";
import { inputItem } from "../relations.ts";
import { isShut } from "../restrictions.ts";
import { made } from "./example_files.ts";
import type { Facts, Rule, RuleFinding } from "./rule.ts";

const example = (parameter: string) => ({
  ...made("claims", "paid"),
  "pipelines/claims/score.yaml":
    "kind: python\ninputs:\n  - transform: paid\noutput:\n  table: claims.score\n  columns: [{name: claim_id, type: bigint}]\n",
  "pipelines/claims/score.py": `def transform(${parameter}):\n    return ${parameter}.rows()\n`,
});

const badParameters = defineCode({
  code: "CTF238",
  name: "python-parameters",
  severity: "error",
  what: "The function `transform` of a Python file does not take what the definition declares as its inputs.",
  why: "Parameters are bound to inputs by their names. What is not declared can't be read.",
  todo: "Give the function one parameter for each input, and `ctx` if wanted; or mend the inputs.",
  fixable: true,
  bad: example("payments"),
  good: example("paid"),
});

export const pythonParameters: Rule = {
  codes: [badParameters],
  check: (facts) =>
    facts.project.transforms.flatMap((transform): readonly RuleFinding[] => {
      const file = calledBy(transform, facts);
      // What a decorator or another module makes of it, only running it would tell.
      if (file === undefined || file === "unknown") return [];
      const names = givenTo(transform, facts.project).map(({ parameter }) => parameter);
      const wanted = `def transform(${names.join(", ")}):`;
      if (file === "none") {
        const hint = `Begin with: ${wanted}`;
        return [finding(transform, { line: 1, column: 1 }, "", "the file has no function transform", hint)];
      }
      // An input that is broken has been told of, and nobody knows its names.
      const isWhole = transform.inputs.every((input) => facts.relations.of(input).length > 0);
      return isWhole ? problemsOf(transform, file, names, wanted, facts) : [];
    }),
};

function calledBy({ codeFile: file }: Transform, { functions }: Facts): FoundFunction | undefined {
  return file === undefined ? undefined : functions.get(functionKey({ file, function: CALLED }));
}

function problemsOf(
  transform: Transform,
  { start, isAsync, parameters }: Signature,
  names: readonly string[],
  wanted: string,
  facts: Facts,
): readonly RuleFinding[] {
  const found: RuleFinding[] = [];
  if (isAsync) {
    found.push(finding(transform, start, "transform", "transform is an async function", "Leave out `async`."));
  }
  const taken = new Set(parameters.map(({ name }) => name));
  const free = new Set(names.filter((name) => !taken.has(name)));
  for (const { name, way, hasDefault, start } of parameters) {
    if (way === "position" || way === "others") {
      const message = `the parameter ${name} has no one name that an input could have`;
      found.push(finding(transform, start, name, message, `Write ${wanted}`));
      // What it is meant for is not asked for once more.
      if (way === "others") free.clear();
    } else if (!names.includes(name) && name !== CONTEXT && !hasDefault) {
      const other = notDeclared(transform, name, facts);
      const near = other ? undefined : (nearest(name, free) ?? (free.size === 1 ? [...free][0] : undefined));
      if (near !== undefined) free.delete(near);
      const hint = near === undefined ? listed(names) : `Did you mean ${near}?`;
      const words = other ?? { hint };
      found.push({
        ...finding(transform, start, name, `the parameter ${name} is no input`, words.hint),
        ...remedyOf(words),
      });
    }
  }
  for (const name of free) {
    const message = `no parameter takes the input ${name}`;
    found.push(
      finding(transform, start, "transform", message, `Write ${wanted} or take the input out of ${transform.file}.`),
    );
  }
  return found;
}

interface Words extends Pick<RuleFinding, "remedy"> {
  readonly hint: string;
}

const remedyOf = ({ remedy }: Words): Pick<RuleFinding, "remedy"> => (remedy ? { remedy } : {});

/** What the project has under this name, and the transform may read but does not declare. */
function notDeclared(transform: Transform, parameter: string, { project, relations }: Facts): Words | undefined {
  const input = inputCalled(parameter, transform, project);
  const [relation] = input ? relations.of(input) : [];
  if (!relation || isShut(relation, transform)) return undefined;
  const item = inputItem(relation, transform.pipeline);
  return {
    hint: `Add "- ${itemText(item)}" under inputs: in ${transform.file}.`,
    remedy: { type: "add_input", input: item },
  };
}

const listed = (names: readonly string[]): string =>
  names.length > 0 ? `The inputs are ${names.join(", ")}.` : "The transform declares no inputs.";

function finding(transform: Transform, start: Position, name: string, message: string, hint: string): RuleFinding {
  const end = { line: start.line, column: start.column + [...name].length };
  return {
    file: transform.file,
    transform: transform.id,
    problem: { code: badParameters, path: [], span: { file: transform.codeFile!, start, end }, message, hint },
  };
}
