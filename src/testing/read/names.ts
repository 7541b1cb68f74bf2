/** What the names in a test can mean. */
import type { Problem } from "../../project/problem.ts";
import type { Path } from "../../project/problem.ts";
import { tableText, type FileSource, type Project, type Transform } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { unknownInTest } from "../codes.ts";
import { relationOf } from "../judge/file_output.ts";
import type { GivenRelation } from "../types.ts";

type Named =
  | { readonly type: "relation"; readonly relation: GivenRelation }
  | { readonly type: "files"; readonly source: FileSource };

export interface TestNames {
  /** A table by `schema.table`, a source by its name, or a transform by its name, for its output. */
  find(name: string, pipeline: string): Named | undefined;
  /** The problem of a name that means nothing. `near`: what is rather meant than anything else of the project. */
  unknown(name: string, path: Path, near: readonly string[]): Problem;
}

export function namesOf(project: Project): TestNames {
  const known = new Map<string, Named>();
  const add = (name: string, named: Named) => known.has(name) || known.set(name, named);
  for (const { outputs } of project.transforms) {
    for (const output of outputs) {
      if (output.type === "table" || output.type === "view")
        add(tableText(output), { type: "relation", relation: output });
    }
  }
  for (const source of project.sources) {
    if (source.type === "table") add(tableText(source), { type: "relation", relation: source });
  }
  for (const source of project.sources) {
    const named: Named = source.type === "table" ? { type: "relation", relation: source } : { type: "files", source };
    add(source.sourceName, named);
  }
  for (const transform of project.transforms) {
    const relation = onlyRelation(transform);
    if (relation) add(transform.id, { type: "relation", relation });
  }
  return {
    find: (name, pipeline) => known.get(name) ?? known.get(`${pipeline}.${name}`),
    unknown: (name, path, near) => {
      const close = suggestion(name, near);
      const hint = close.replaceWith === undefined ? suggestion(name, [...near, ...known.keys()]) : close;
      return {
        code: unknownInTest,
        path,
        at: "key",
        message: `there is no table, transform or source ${name}`,
        ...(hint.hint === undefined ? close : hint),
      };
    },
  };
}

/** What a transform makes that has rows, if it is one only. */
export function onlyRelation({ outputs }: Transform): GivenRelation | undefined {
  const relations = outputs.flatMap((output) => relationOf(output) ?? []);
  return relations.length === 1 ? relations[0] : undefined;
}

/** The one input in whatever pipeline whose transform has this name. */
export function inputCalled(transforms: readonly Transform[], name: string): string | undefined {
  const inputs = transforms.flatMap((transform) => transform.inputs);
  const ids = new Set(inputs.flatMap((input) => (input.type === "transform" ? input.id : [])));
  const called = [...ids].filter((id) => id.endsWith(`.${name}`));
  return called.length === 1 ? called[0] : undefined;
}

/** What a test of this transform would give rows for. */
export function inputNames(project: Project, { inputs }: Transform): readonly string[] {
  return inputs.flatMap((input) => {
    if (input.type === "transform") {
      const transform = project.transforms.find(({ id }) => id === input.id);
      const relation = transform && onlyRelation(transform);
      return relation ? [tableText(relation), transform.name, input.id] : [];
    }
    const source = project.sources.find(({ sourceName }) => sourceName === input.name);
    return source?.type === "table" ? [tableText(source), input.name] : [input.name];
  });
}
