import type { Code } from "../diagnostics/diagnostic.ts";
import type { Graph } from "../graph/graph.ts";
import type { Finding } from "../project/problem.ts";
import type { Project } from "../project/types.ts";

/** One thing that is looked for in a whole project. Its file owns its codes, their words and the check. */
export interface Rule {
  readonly codes: readonly Code[];
  check(project: Project, graph: Graph): readonly Finding[];
}
