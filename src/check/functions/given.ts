/** By which names a python function takes what its transform's inputs stand for. */
import type { Input, Project, Source, TableOutput, TableSource, Transform, ViewOutput } from "../../project/types.ts";

/** What the function is given: a table, or files. */
export type Given = { readonly parameter: string } & Thing;

type Thing =
  | { readonly type: "table"; readonly table: TableOutput | ViewOutput | TableSource }
  /** `maker`: the source, or the transform that writes them. */
  | { readonly type: "files"; readonly maker: string; readonly patterns: readonly string[] };

/** Taken by the context. */
export const CONTEXT = "ctx";

/** An input's own name, and the name that it gets where another has that too. */
interface Named {
  readonly plain: string;
  readonly full: string;
  /** A transform of the same pipeline keeps its plain name; the others give way. */
  readonly near: boolean;
  readonly thing: Thing;
}

/** What is declared, in its order; inputs that are broken are left out. */
export function givenTo(transform: Transform, project: Project): readonly Given[] {
  const find = finderOf(project);
  const named = transform.inputs.flatMap((input) => namedThings(input, transform, find));
  const holders = new Map<string, number>();
  for (const { plain } of named) holders.set(plain, (holders.get(plain) ?? 0) + 1);
  return named.map(({ plain, full, near, thing }) => {
    const isFree = plain !== CONTEXT && (near || holders.get(plain) === 1);
    return { ...thing, parameter: isFree ? plain : full };
  });
}

/** The input that a parameter of this name would stand for, if it were declared. */
export function inputCalled(parameter: string, reader: Transform, project: Project): Input | undefined {
  const find = finderOf(project);
  const calls = (input: Input) =>
    namedThings(input, reader, find).some(
      ({ plain, full }) => (plain === parameter && plain !== CONTEXT) || full === parameter,
    );
  const others = project.transforms.filter(({ id }) => id !== reader.id);
  const near = others.filter(({ pipeline }) => pipeline === reader.pipeline);
  const sources = project.sources.map(({ sourceName: name }): Input => ({ type: "source", name }));
  const byId = (list: readonly Transform[]) => list.map(({ id }): Input => ({ type: "transform", id }));
  const here = byId(near).filter(calls);
  const found = here.length > 0 ? here : [...byId(others), ...sources].filter(calls);
  return found.length === 1 ? found[0] : undefined;
}

interface Finder {
  readonly transforms: ReadonlyMap<string, Transform>;
  readonly sources: ReadonlyMap<string, Source>;
}

/** Once a project, and not once a transform. */
const finders = new WeakMap<Project, Finder>();

function finderOf(project: Project): Finder {
  const known = finders.get(project);
  if (known) return known;
  const finder = {
    transforms: new Map(project.transforms.map((one) => [one.id, one])),
    sources: new Map(project.sources.map((source) => [source.sourceName, source])),
  };
  finders.set(project, finder);
  return finder;
}

function namedThings(input: Input, reader: Transform, { transforms, sources }: Finder): readonly Named[] {
  if (input.type === "source") {
    const source = sources.get(input.name);
    if (!source) return [];
    const plain = identifierOf(source.sourceName);
    const thing: Thing =
      source.type === "table"
        ? { type: "table", table: source }
        : { type: "files", maker: source.sourceName, patterns: source.patterns };
    return [{ plain, full: `source__${plain}`, near: false, thing }];
  }
  const transform = transforms.get(input.id);
  if (!transform) return [];
  const readable = transform.outputs.filter((output) => output.type !== "function");
  const near = transform.pipeline === reader.pipeline;
  return readable.map((output) => {
    // Of a transform with several outputs, each goes by its own name.
    const several = readable.length > 1 && output.type !== "file";
    const plain = identifierOf(several ? output.name : transform.name);
    const full = `${identifierOf(transform.pipeline)}__${plain}`;
    const thing: Thing =
      output.type === "file"
        ? { type: "files", maker: transform.id, patterns: [output.path] }
        : { type: "table", table: output };
    return { plain, full, near, thing };
  });
}

const identifierOf = (name: string): string => name.replaceAll(/\W/g, "_").replace(/^(?=\d)/, "_");
