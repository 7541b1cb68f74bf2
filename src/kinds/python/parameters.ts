/** What a python function takes: a parameter for each table or file that its inputs stand for. */
import type { PythonInput } from "../../plan/types.ts";
import type { Input, Project, Source, Transform } from "../../project/types.ts";

/** Taken by the context. */
const CONTEXT = "ctx";

const identifierOf = (name: string): string => name.replaceAll(/\W/g, "_").replace(/^(?=\d)/, "_");

/** An input's own name, and the name that it gets where another has that too. */
interface Named {
  readonly plain: string;
  readonly full: string;
  /** A transform of the same pipeline keeps its plain name; the others give way. */
  readonly near: boolean;
  readonly input: PythonInput;
}

export function parametersOf(transform: Transform, project: Project): readonly PythonInput[] {
  const transforms = new Map(project.transforms.map((one) => [one.id, one]));
  const sources = new Map(project.sources.map((source) => [source.sourceName, source]));
  const named = transform.inputs.flatMap((input) => namedInputs(input, transform, transforms, sources));
  const holders = new Map<string, number>();
  for (const { plain } of named) holders.set(plain, (holders.get(plain) ?? 0) + 1);
  return named.map(({ plain, full, near, input }) => {
    const free = plain !== CONTEXT && (near || holders.get(plain) === 1);
    return { ...input, parameter: free ? plain : full };
  });
}

function namedInputs(
  input: Input,
  reader: Transform,
  transforms: ReadonlyMap<string, Transform>,
  sources: ReadonlyMap<string, Source>,
): readonly Named[] {
  if (input.type === "source") {
    const source = sources.get(input.name);
    if (!source) return [];
    const plain = identifierOf(source.sourceName);
    const given: PythonInput =
      source.type === "table"
        ? tableInput(source, source.columns)
        : { type: "files", parameter: "", source: source.sourceName, patterns: source.patterns };
    return [{ plain, full: `source__${plain}`, near: false, input: given }];
  }
  const made = transforms.get(input.id);
  if (!made) return [];
  const readable = made.outputs.filter((output) => output.type !== "function");
  const near = made.pipeline === reader.pipeline;
  return readable.map((output) => {
    // Of a transform with several outputs, each goes by its own name.
    const several = readable.length > 1 && output.type !== "file";
    const plain = identifierOf(several ? output.name : made.name);
    const full = `${identifierOf(made.pipeline)}__${plain}`;
    const given: PythonInput =
      output.type === "file"
        ? { type: "files", parameter: "", source: made.id, patterns: [output.path] }
        : tableInput(output, output.columns);
    return { plain, full, near, input: given };
  });
}

const tableInput = (
  { schema, name }: { readonly schema: string; readonly name: string },
  columns: Extract<PythonInput, { type: "table" }>["columns"],
): PythonInput => ({ type: "table", parameter: "", table: { schema, name }, columns });
