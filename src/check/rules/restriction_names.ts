import { defineCode } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import type { Path } from "../../project/problem.ts";
import { suggestion } from "../../project/suggestion.ts";
import type { Restrictions } from "../../project/types.ts";
import { made } from "./example_files.ts";
import type { Facts, Rule, RuleFinding } from "./rule.ts";

const restrictionOfNobody = defineCode({
  code: "CTF233",
  name: "restriction-of-nobody",
  severity: "error",
  what: "`readers` names a pipeline that the project does not have, or `deprecated` a successor that is not there.",
  why: "A misspelt reader is shut out, and a misspelt successor sends people nowhere.",
  todo: "Correct the name.",
  bad: made("claims", "paid", "  readers: [claim]\n"),
  good: made("claims", "paid", "  readers: [claims]\n"),
});

export const restrictionNames: Rule = {
  codes: [restrictionOfNobody],
  check(facts) {
    const { project } = facts;
    const ofSources = project.sources.flatMap(({ restrictions, file, entry }) =>
      restrictions ? findings(restrictions, ["sources", entry], { file }, facts) : [],
    );
    const ofOutputs = project.transforms.flatMap((transform) =>
      transform.outputs.flatMap(({ restrictions }, i) => {
        if (!restrictions) return [];
        const { file, id } = transform;
        return findings(restrictions, outputPath(transform, i), { file, transform: id }, facts);
      }),
    );
    return [...ofSources, ...ofOutputs];
  },
};

function findings(
  { readers = [], deprecated }: Restrictions,
  base: Path,
  where: { readonly file: string; readonly transform?: string },
  { project, relations }: Facts,
): readonly RuleFinding[] {
  const found = (path: Path, message: string, name: string, known: readonly string[]): RuleFinding => {
    const hint = suggestion(name, known, "Correct the name, or remove it.");
    return { ...where, problem: { code: restrictionOfNobody, path, message, ...hint } };
  };
  const pipelines = [...project.pipelines.map(({ name }) => name), ...project.unread.pipelines];
  const strangers = readers.flatMap((name, i) =>
    pipelines.includes(name)
      ? []
      : [found([...base, "readers", i], `"readers" names ${name}, and there is no such pipeline`, name, pipelines)],
  );
  const use = deprecated?.use;
  if (use === undefined) return strangers;
  const known = [
    ...relations.all().keys(),
    ...project.transforms.map(({ id }) => id),
    ...project.sources.map(({ sourceName }) => sourceName),
    ...project.unread.tables,
  ];
  if (known.includes(use)) return strangers;
  const message = `"use" names ${use}, which is neither a table, a transform nor a source of this project`;
  return [...strangers, found([...base, "deprecated", "use"], message, use, known)];
}
