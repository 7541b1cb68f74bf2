import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { buildGraph } from "../graph/graph.ts";
import { makeLocator } from "../project/locate.ts";
import { toDiagnostic } from "../project/problem.ts";
import type { Project } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import { openAnswerCache } from "./answer_cache.ts";
import { type FunctionContent, functionContents, gatherFunctions } from "./functions/gather.ts";
import { lineageOf } from "./lineage/graph.ts";
import { relationsOf } from "./relations.ts";
import { rules } from "./rules/index.ts";
import { gatherContents, type SqlContent, sqlContents } from "./uses/gather.ts";

export interface CheckOptions {
  /** false: neither reads nor writes `.ctf/cache`. */
  readonly cache?: boolean;
  /** Of all definitions, as the project was loaded with it: with it, the answer for the same files is known at once. */
  readonly fingerprint?: string;
}

/**
 * What is wrong between the files of a project that are each right by themselves, and in the SQL beside the definitions.
 * Needs no server.
 */
export async function checkProject(project: Project, options: CheckOptions = {}): Promise<readonly Diagnostic[]> {
  const { contents, python, diagnostics } = sqlContents(project);
  const functions = functionContents(project, python);
  const { cache = true, fingerprint } = options;
  const kept =
    cache && fingerprint !== undefined
      ? openAnswerCache(project.root, fingerprint, [...contents, ...functions])
      : undefined;
  if (kept?.answer) return [...diagnostics, ...kept.answer];
  const answer = await findProblems(project, contents, functions, cache);
  kept?.keep(answer);
  return [...diagnostics, ...answer];
}

async function findProblems(
  project: Project,
  sql: readonly SqlContent[],
  called: readonly FunctionContent[],
  cache: boolean,
): Promise<readonly Diagnostic[]> {
  // It is made ready by other threads while the cache is read; that nothing has to be parsed is rare by now.
  const parser = loadParser();
  const inFiles = [...(await gatherContents(project, sql, { cache }))];
  const uses = new Map(inFiles.map(([id, { uses }]) => [id, uses]));
  const flows = new Map(inFiles.map(([id, { flows }]) => [id, flows]));
  await parser;
  const functions = await gatherFunctions(project.root, called, { cache });
  const relations = relationsOf(project);
  const lineage = lineageOf(project, flows, relations);
  const facts = { project, graph: buildGraph(project), uses, flows, functions, lineage, relations };
  const findings = rules.flatMap((rule) => rule.check(facts));
  const inSql = [...uses].flatMap(([transform, { problems }]) => problems.map((one) => ({ ...one, transform })));
  if (findings.length === 0) return inSql;
  const [locate, { makeMender }] = await Promise.all([makeLocator(project.root), import("./mend.ts")]);
  const mend = makeMender(project.root);
  const found = findings.map((finding) => {
    const fix = mend(finding);
    return toDiagnostic(fix ? { ...finding, problem: { ...finding.problem, fix } } : finding, locate);
  });
  return [...inSql, ...found];
}
