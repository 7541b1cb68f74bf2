import type { Kind } from "../../plan/kind.ts";
import type { Problem } from "../../project/problem.ts";
import type { FileSource, Source, Transform } from "../../project/types.ts";
import { suggestion } from "../../project/values.ts";
import { notAColumn, notOneFileSource } from "../codes.ts";
import { tableOf } from "../shared.ts";
import { documentation } from "./documentation.ts";
import type { Spec } from "./syntax.ts";

function sourceProblem(transform: Transform, sources: ReadonlyMap<string, Source>): Problem | undefined {
  const problem = (message: string, index?: number): Problem => ({
    code: notOneFileSource,
    path: index === undefined ? ["inputs"] : ["inputs", index],
    at: "key",
    message,
    hint: 'Give it one input, "- source: NAME", that is declared with "file:" in sources/.',
  });
  const { inputs } = transform;
  if (inputs.length === 0) return problem("a load needs a source of files as its input");
  if (inputs.length > 1) return problem("a load reads one source, and this has several inputs", 1);
  const [input] = inputs;
  if (input?.type !== "source") return problem("a load reads files, not another transform's output", 0);
  // A source that is not there, or broken, has been told of.
  const source = sources.get(input.name);
  return source?.type === "table" ? problem(`source "${input.name}" is a table, and a load reads files`, 0) : undefined;
}

export const load: Kind = {
  name: "load",
  summary: "copies the rows of CSV or TSV files into a table",
  documentation,
  schema: async () => (await import("./syntax.ts")).syntax,
  outputs: ["table"],
  severalOutputs: false,
  mayReadItself: false,
  columnsOptional: false,

  check(transform, sources) {
    const problem = sourceProblem(transform, sources);
    const columns = tableOf(transform).columns.map(({ name }) => name);
    const renames = Object.entries((transform.spec as Spec).rename ?? {}).flatMap(([header, column]): Problem[] =>
      columns.includes(column)
        ? []
        : [
            {
              code: notAColumn,
              path: ["rename", header],
              message: `"${column}" is not a column of the output`,
              ...suggestion(column, columns),
            },
          ],
    );
    return [...(problem ? [problem] : []), ...renames];
  },

  plan(transform, { project }) {
    const input = transform.inputs[0]!;
    const source = project.sources.find(
      (s): s is FileSource => s.type === "file" && input.type === "source" && s.sourceName === input.name,
    );
    if (!source) throw new Error(`${transform.id} was planned without its source`);
    const { format, header, delimiter, quote, escape, null: nullText, encoding } = source;
    return {
      type: "build_table",
      rows: {
        type: "files",
        source: source.sourceName,
        patterns: source.patterns,
        format: { format, header, delimiter, quote, escape, null: nullText, encoding },
        rename: (transform.spec as Spec).rename ?? {},
      },
      output: tableOf(transform),
      publish: "swap",
    };
  },
};
