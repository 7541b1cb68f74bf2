import { type Diagnostic } from "../diagnostics/diagnostic.ts";
import { buildGraph } from "../graph/graph.ts";
import { makeLocator } from "../project/locate.ts";
import { toDiagnostic } from "../project/problem.ts";
import type { Project } from "../project/types.ts";
import { rules } from "./rules.ts";

/** What is wrong between the files of a project that are each right by themselves. Needs no server. */
export async function checkProject(project: Project): Promise<readonly Diagnostic[]> {
  const graph = buildGraph(project);
  const findings = rules.flatMap((rule) => rule.check(project, graph));
  if (findings.length === 0) return [];
  const locate = await makeLocator(project.root);
  return findings.map((finding) => toDiagnostic(finding, locate));
}
