import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { tableText, type Code, type Project, type Transform } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import type { Kinds } from "./kind.ts";
import { PLAN_VERSION, type Plan, type PlannedTransform, type ReferencingKey } from "./types.ts";

export interface PlanRequest {
  /** In an order in which they can run. */
  readonly ids: readonly string[];
  readonly description: string;
  readonly target: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The text of a file by its path in the project. */
  readonly readCode: (file: string) => string;
}

/** Reads files from the project's folder, without a byte order mark. */
export const readFrom =
  (root: string) =>
  (file: string): string =>
    readFileSync(join(root, file), "utf8").replace(/^\uFEFF/, "");

/** What would be done for these transforms, and the problems of those that can't be planned. */
export async function makePlan(
  project: Project,
  kinds: Kinds,
  request: PlanRequest,
): Promise<{ readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }> {
  await loadParser();
  const transforms = new Map(project.transforms.map((transform) => [transform.id, transform]));
  const selected = new Set(request.ids);
  const references = referencesByTable(project);
  const diagnostics: Diagnostic[] = [];
  const planned: PlannedTransform[] = [];
  for (const id of request.ids) {
    const transform = transforms.get(id);
    const kind = transform && kinds.get(transform.kind);
    if (!transform || !kind) continue;
    const code = codeOf(transform, request.readCode);
    const action = kind.plan(transform, { project, ...(code ? { code } : {}) });
    if (!("type" in action)) {
      diagnostics.push(...action.map((diagnostic) => ({ ...diagnostic, transform: id })));
      continue;
    }
    planned.push({
      id,
      pipeline: transform.pipeline,
      name: transform.name,
      kind: transform.kind,
      file: transform.file,
      owners: transform.owners,
      after: [...new Set(transform.inputs.flatMap((input) => (input.type === "transform" ? [input.id] : [])))].filter(
        (upstream) => upstream !== id && selected.has(upstream),
      ),
      action,
      monitors: transform.monitors,
      settings: transform.settings,
      retries: transform.retries,
      ...(transform.timeoutMs === undefined ? {} : { timeoutMs: transform.timeoutMs }),
      publishWaitMs: transform.publishWaitMs,
      snapshotWaitMs: transform.snapshotWaitMs,
      referencedBy: transform.outputs.flatMap((output) =>
        output.type === "table" ? (references.get(tableText(output)) ?? []) : [],
      ),
      rebuiltLater: [],
      codeVersion: createHash("sha256").update(JSON.stringify(action)).digest("hex").slice(0, 16),
    });
  }
  const { target, variables, description } = request;
  const plan: Plan = {
    version: PLAN_VERSION,
    project: project.name,
    target,
    variables,
    selection: description,
    transforms: withRebuiltLater(planned),
  };
  return { plan, diagnostics };
}

/** Fills in `rebuiltLater`: the referencing tables that a transform builds which waits, directly or not, for this one. */
function withRebuiltLater(planned: readonly PlannedTransform[]): readonly PlannedTransform[] {
  if (planned.every((transform) => transform.referencedBy.length === 0)) return planned;
  const followers = new Map<string, string[]>();
  for (const { id, after } of planned)
    for (const before of after) followers.set(before, [...(followers.get(before) ?? []), id]);
  const builtBy = new Map(
    planned.flatMap(({ id, action }) =>
      action.type === "build_table" ? [[tableText(action.output), id] as const] : [],
    ),
  );
  return planned.map((transform) => {
    if (transform.referencedBy.length === 0) return transform;
    const later = new Set(followers.get(transform.id));
    for (const id of later) for (const follower of followers.get(id) ?? []) later.add(follower);
    const tables = new Set(transform.referencedBy.map(({ table }) => tableText(table)));
    return { ...transform, rebuiltLater: [...tables].filter((table) => later.has(builtBy.get(table) ?? "")) };
  });
}

/** Every declared foreign key, by the table that it points to. */
function referencesByTable(project: Project): ReadonlyMap<string, readonly ReferencingKey[]> {
  const references = new Map<string, ReferencingKey[]>();
  for (const output of project.transforms.flatMap((transform) => transform.outputs)) {
    if (output.type !== "table") continue;
    for (const key of output.foreignKeys) {
      const name = tableText(key.references);
      references.set(name, [
        ...(references.get(name) ?? []),
        { table: { schema: output.schema, name: output.name }, key },
      ]);
    }
  }
  return references;
}

function codeOf(transform: Transform, readCode: PlanRequest["readCode"]): Code | undefined {
  if (!transform.codeFile) return undefined;
  return { file: transform.codeFile, text: readCode(transform.codeFile), line: 1, column: 1 };
}
