import { type Diagnostic, isError } from "../../diagnostics/diagnostic.ts";
import { type Graph, reach } from "../../graph/graph.ts";
import { withoutEnding } from "../../graph/names.ts";
import type { Project } from "../../project/types.ts";

interface Selected {
  readonly ids: readonly string[];
  /** Whether a definition that can't be read might have been part of it: a whole pipeline, or all from a start on. */
  readonly openEnded: boolean;
}

const pipelineOfFile = (file: string): string | undefined => /^pipelines\/([^/]+)\//.exec(file)?.[1];
const pipelineOfId = (id: string): string => id.slice(0, id.indexOf("."));

/**
 * Divides problems into those of the selected transforms and of all they depend on, which stop a run, and the others',
 * which do not: a mistake in one pipeline must not keep the neighbours from running.
 */
export function divideProblems(
  project: Project,
  graph: Graph,
  { ids, openEnded }: Selected,
  diagnostics: readonly Diagnostic[],
): { readonly stopping: readonly Diagnostic[]; readonly elsewhere: readonly Diagnostic[] } {
  const inGraph = reach(graph.upstream, ids);
  // A definition with errors is not in the project, but its readers still name it.
  const involved = new Set(inGraph);
  const readersOf = new Map<string, string[]>();
  for (const t of project.transforms) {
    if (inGraph.has(t.id)) for (const input of t.inputs) if (input.type === "transform") involved.add(input.id);
    if (t.codeFile !== undefined) readersOf.set(t.codeFile, [...(readersOf.get(t.codeFile) ?? []), t.id]);
    readersOf.set(t.file, [t.id]);
  }
  const involvedPipelines = new Set([...involved].map(pipelineOfId));
  const selectedPipelines = new Set(ids.map(pipelineOfId));

  const stops = ({ transform, span }: Diagnostic): boolean => {
    if (transform !== undefined && involved.has(transform)) return true;
    if (transform !== undefined && graph.upstream.has(transform)) return false;
    if (span === undefined) return true;
    const readers = readersOf.get(span.file);
    if (readers) return readers.some((id) => involved.has(id));
    const pipeline = pipelineOfFile(span.file);
    // ctf.yaml and sources/ are everybody's.
    if (pipeline === undefined) return true;
    if (span.file.endsWith("/pipeline.yaml")) return involvedPipelines.has(pipeline);
    return openEnded && selectedPipelines.has(pipeline);
  };
  const stopping: Diagnostic[] = [];
  const elsewhere: Diagnostic[] = [];
  for (const diagnostic of diagnostics) (stops(diagnostic) ? stopping : elsewhere).push(diagnostic);
  return { stopping, elsewhere };
}

/** Errors in the files of what was typed: why a name is not known although its definition is there. */
export function errorsBehind(typed: readonly string[], diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const whole = typed.map(withoutEnding);
  const names = new Set(whole.map((name) => name.replace(/^.*[/.]/, "")));
  // Nothing of a pipeline is known without its pipeline.yaml.
  const pipelines = new Set(whole.map((name) => `pipelines/${name.split(".", 1)[0]}/pipeline.yaml`));
  return diagnostics.filter(
    (d) =>
      isError(d) &&
      d.span !== undefined &&
      (pipelines.has(d.span.file) || d.span.file.split("/").some((part) => names.has(part.replace(/\.[^.]*$/, "")))),
  );
}
