import type { Graph } from "../../graph/graph.ts";
import { topologicalOrder } from "../../graph/order.ts";
import { pipelineGraph } from "../../graph/pipelines.ts";
import type { Project, Transform } from "../../project/types.ts";
import { counted } from "../terminal/numbers.ts";
import { fit, type Style } from "../terminal/style.ts";

interface Branch {
  readonly id: string;
  /** The lines to the left of it. */
  readonly guide: string;
  /** What it stands beneath; its other inputs have to be told in words. */
  readonly parent?: string;
}

/**
 * A tree in which each id stands once, beneath that of its inputs which is deepest; short branches come before long ones,
 * so that most of what a transform needs stands above it. `ids` in an order in which they can run; inputs that are not
 * among them do not count.
 */
function forest(ids: readonly string[], upstream: Graph["upstream"]): readonly Branch[] {
  const depth = new Map<string, number>();
  const parentOf = new Map<string, string>();
  for (const id of ids) {
    let parent: string | undefined;
    for (const above of upstream.get(id) ?? []) {
      if (depth.has(above) && (parent === undefined || depth.get(above)! >= depth.get(parent)!)) parent = above;
    }
    depth.set(id, parent === undefined ? 0 : depth.get(parent)! + 1);
    if (parent !== undefined) parentOf.set(id, parent);
  }

  const size = new Map(ids.map((id) => [id, 1]));
  const below = new Map<string | undefined, string[]>();
  for (const id of ids.toReversed()) {
    const parent = parentOf.get(id);
    if (parent !== undefined) size.set(parent, size.get(parent)! + size.get(id)!);
  }
  for (const id of ids) {
    const siblings = below.get(parentOf.get(id));
    if (siblings) siblings.push(id);
    else below.set(parentOf.get(id), [id]);
  }
  const bySize = (parent?: string) => (below.get(parent) ?? []).sort((a, b) => size.get(a)! - size.get(b)!);

  const branches: Branch[] = [];
  const stack = bySize()
    .map((id) => ({ id, guide: "", inner: "" }))
    .toReversed();
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { id, guide, inner } = next;
    const parent = parentOf.get(id);
    branches.push({ id, guide, ...(parent !== undefined && { parent }) });
    const children = bySize(id).map((child, i, all) => {
      const last = i === all.length - 1;
      return { id: child, guide: inner + (last ? "└─ " : "├─ "), inner: inner + (last ? "   " : "│  ") };
    });
    stack.push(...children.toReversed());
  }
  return branches;
}

/** One pipeline: what each transform reads besides what it stands beneath, and who reads it elsewhere. */
function drawPipeline(
  name: string,
  members: readonly Transform[],
  graph: Graph,
  style: Style,
  here: ReadonlySet<string> = new Set(),
): readonly string[] {
  const byId = new Map(members.map((t) => [t.id, t]));
  const short = (id: string) => byId.get(id)?.name ?? style.cyan(id);
  const branches = forest([...byId.keys()], graph.upstream);
  return [
    style.bold(name),
    ...branches.map(({ id, guide, parent }) => {
      const { name: text, inputs } = byId.get(id)!;
      const reads = inputs.flatMap((input) => {
        if (input.type === "source") return [style.cyan(`[${input.name}]`)];
        return input.id === parent || input.id === id ? [] : [short(input.id)];
      });
      const readers = graph.downstream
        .get(id)!
        .filter((reader) => !byId.has(reader))
        .map(short);
      return (
        `  ${style.dim(guide)}${text}${here.has(id) ? style.green(" •") : ""}` +
        (reads.length > 0 ? `  ${style.dim("←")} ${reads.join(", ")}` : "") +
        (readers.length > 0 ? `  ${style.dim("→")} ${readers.join(", ")}` : "")
      );
    }),
    "",
  ];
}

function drawPipelines(project: Project, style: Style): readonly string[] {
  const graph = pipelineGraph(project);
  const sizes = new Map<string, number>();
  for (const { pipeline } of project.transforms) sizes.set(pipeline, (sizes.get(pipeline) ?? 0) + 1);
  const branches = forest(topologicalOrder(graph), graph.upstream);
  return [
    style.bold("pipelines"),
    ...branches.map(({ id, guide, parent }) => {
      const others = graph.upstream.get(id)!.filter((above) => above !== parent);
      const reads = others.length > 0 ? `  ${style.dim("←")} ${others.join(", ")}` : "";
      return `  ${style.dim(guide)}${id}  ${style.dim(counted(sizes.get(id) ?? 0, "transform"))}${reads}`;
    }),
    "",
  ];
}

interface Drawing {
  readonly overview: boolean;
  readonly style: Style;
  readonly width?: number;
  /** Marked: what stands on the target that was asked for. */
  readonly here?: ReadonlySet<string>;
}

/** `transforms` in the order of `ctf ls`. With `overview`, how pipelines hang together comes first. */
export function drawGraph(
  project: Project,
  graph: Graph,
  transforms: readonly Transform[],
  { overview, style, width, here }: Drawing,
): readonly string[] {
  const lines = overview ? [...drawPipelines(project, style)] : [];
  for (const [name, members] of byPipeline(transforms)) lines.push(...drawPipeline(name, members, graph, style, here));
  const marks = here ? "   •: built on this target" : "";
  lines.push(style.dim(`← reads also   → is read by   [source]   pipeline.transform: in another pipeline${marks}`));
  return width === undefined ? lines : lines.map((line) => fit(line, width));
}

export function byPipeline(transforms: readonly Transform[]): ReadonlyMap<string, readonly Transform[]> {
  const grouped = new Map<string, Transform[]>();
  for (const t of transforms) {
    const members = grouped.get(t.pipeline);
    if (members) members.push(t);
    else grouped.set(t.pipeline, [t]);
  }
  return grouped;
}
