import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { shellWord } from "../diagnostics/shell_word.ts";
import type { Project, Transform } from "../project/types.ts";
import { conflictingSelection, nothingSelected, unreachableEnd } from "./codes.ts";
import { type Graph, reach } from "./graph.ts";
import { topologicalOrder } from "./order.ts";
import { findPipeline, findTransform, isDiagnostic, pipelineAt } from "./names.ts";

/** What a person asks to run. Names are as typed. */
export interface SelectionRequest {
  /** Absolute: where paths are relative to, and which pipeline is meant when none is named. */
  readonly cwd: string;
  readonly pipeline?: string;
  readonly start?: string;
  readonly end?: string;
  readonly only?: readonly string[];
  readonly all?: boolean;
  /** Add what other pipelines must build first. */
  readonly upstream?: boolean;
}

export interface Selection {
  /** In an order in which they can run. */
  readonly ids: readonly string[];
  /** For people: `enrollment from t1 to t3`. */
  readonly description: string;
}

interface Chosen {
  readonly ids: ReadonlySet<string>;
  readonly description: string;
}

export function select(project: Project, graph: Graph, request: SelectionRequest): Selection | readonly Diagnostic[] {
  const conflict = conflictIn(request);
  if (conflict) return [conflict];
  const chosen = choose(project, graph, request);
  if (!("ids" in chosen)) return chosen;
  const ids = request.upstream ? withOtherPipelines(project, graph, chosen.ids) : chosen.ids;
  return {
    ids: topologicalOrder(graph).filter((id) => ids.has(id)),
    description: request.upstream ? `${chosen.description}, with what other pipelines build first` : chosen.description,
  };
}

function conflictIn({ all, pipeline, start, end, only = [] }: SelectionRequest): Diagnostic | undefined {
  const also =
    pipeline ?? (start !== undefined ? "-s" : end !== undefined ? "-e" : only.length > 0 ? "--only" : undefined);
  if (all && also !== undefined) {
    return conflictingSelection({
      message: `--all already selects everything, so ${also} has no meaning beside it`,
      hint: `Leave out --all or ${also}.`,
    });
  }
  if (only.length > 0 && (start !== undefined || end !== undefined)) {
    return conflictingSelection({
      message: "--only says exactly what to run, so a start or an end has no meaning beside it",
      hint: "Leave out --only, or -s and -e.",
    });
  }
  return undefined;
}

function choose(project: Project, graph: Graph, request: SelectionRequest): Chosen | readonly Diagnostic[] {
  if (request.all) return nonEmpty({ ids: new Set(graph.ids), description: "everything" }, "the project");

  let pipeline: string | undefined;
  if (request.pipeline !== undefined) {
    const found = findPipeline(project, request.pipeline, request.cwd);
    if (isDiagnostic(found)) return [found];
    pipeline = found.name;
  }
  const where = { cwd: request.cwd, ...(pipeline !== undefined && { pipeline }) };

  if (request.only?.length) {
    const found = request.only.map((name) => findTransform(project, name, where));
    const problems = found.filter(isDiagnostic);
    if (problems.length > 0) return problems;
    const ids = new Set((found as readonly Transform[]).map((t) => t.id));
    return { ids, description: `only ${[...ids].join(", ")}` };
  }

  const ends = [request.start, request.end].map((name) =>
    name === undefined ? undefined : findTransform(project, name, where),
  );
  const problems = ends.filter((end) => end !== undefined && isDiagnostic(end)) as readonly Diagnostic[];
  if (problems.length > 0) return problems;
  const [start, end] = ends as readonly (Transform | undefined)[];
  if (start || end) return between(project, graph, start, end);

  pipeline ??= pipelineAt(project, request.cwd);
  if (pipeline === undefined) {
    const example = shellWord(project.pipelines[0]?.name ?? "PIPELINE");
    return [
      nothingSelected({
        message: "nothing says what to run",
        hint: `Type "ctf run ${example}" for one pipeline, or "ctf run --all" for everything.`,
      }),
    ];
  }
  const ids = new Set(project.transforms.filter((t) => t.pipeline === pipeline).map((t) => t.id));
  return nonEmpty({ ids, description: pipeline }, `pipeline ${pipeline}`);
}

function nonEmpty(chosen: Chosen, what: string): Chosen | readonly Diagnostic[] {
  if (chosen.ids.size > 0) return chosen;
  return [
    nothingSelected({
      message: `${what} has no transforms yet`,
      hint: 'Make one with "ctf start create_table_as table my_transform.sql".',
    }),
  ];
}

/** What follows the start and leads to the end, within their pipeline. At least one of the two is given. */
function between(
  project: Project,
  graph: Graph,
  start: Transform | undefined,
  end: Transform | undefined,
): Chosen | readonly Diagnostic[] {
  const { pipeline } = (start ?? end)!;
  if (start && end && start.pipeline !== end.pipeline) {
    return [
      unreachableEnd({
        message: `${start.id} and ${end.id} are in different pipelines, and a start and an end must share one`,
        hint: `To build ${end.id} with all that other pipelines must build first: ctf run ${end.pipeline} -e ${end.name} --upstream`,
      }),
    ];
  }
  const members = new Set(project.transforms.filter((t) => t.pipeline === pipeline).map((t) => t.id));
  const inside = (_: string, to: string) => members.has(to);
  const after = start && reach(graph.downstream, [start.id], inside);
  const before = end && reach(graph.upstream, [end.id], inside);
  const words = [start && `from ${start.name}`, end && `to ${end.name}`].filter(Boolean);
  const description = `${pipeline} ${words.join(" ")}`;
  if (!after || !before) return { ids: (after ?? before)!, description };
  if (after.has(end.id)) return { ids: new Set([...after].filter((id) => before.has(id))), description };

  const otherWay = reach(graph.downstream, [end.id], inside).has(start.id);
  return [
    unreachableEnd({
      message: `${end.name} can't be reached from ${start.name}: it does not depend on it`,
      hint: otherWay
        ? `The other way round there is a way: -s ${end.name} -e ${start.name}`
        : `Neither depends on the other; "ctf graph ${pipeline}" draws who reads whom.`,
    }),
  ];
}

/** Climbs out of the chosen pipelines, but adds nothing that was left out of the pipeline one starts from. */
function withOtherPipelines(project: Project, graph: Graph, chosen: ReadonlySet<string>): ReadonlySet<string> {
  const pipelineOf = new Map(project.transforms.map((t) => [t.id, t.pipeline]));
  return reach(graph.upstream, chosen, (from, to) => !chosen.has(from) || pipelineOf.get(from) !== pipelineOf.get(to));
}
