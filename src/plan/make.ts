import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { readText } from "../project/files.ts";
import { loadsFiles, rejectsOf } from "../project/rejects.ts";
import { tableText, type Code, type Project, type TableName, type Transform } from "../project/types.ts";
import { codeVersionOf } from "./code_version.ts";
import { type Cut, cutAll, type ToCut } from "./cuts.ts";
import { movePlanned, type Surroundings } from "./environment/move_planned.ts";
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
  /** Reads and writes the project's `.ctf/cache`. */
  readonly cache?: boolean;
  /** For a target whose outputs stand in schemas of their own. */
  readonly environment?: Surroundings;
}

/** Reads files from the project's folder, without a byte order mark. */
export const readFrom =
  (root: string) =>
  (file: string): string =>
    readText(join(root, file));

/** What would be done for these transforms, and the problems of those that can't be planned. */
export async function makePlan(
  project: Project,
  kinds: Kinds,
  request: PlanRequest,
): Promise<{ readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }> {
  const transforms = new Map(project.transforms.map((transform) => [transform.id, transform]));
  const selected = new Set(request.ids);
  const references = referencesByTable(project);
  const readsOf = declaredReads(project);
  const diagnostics: Diagnostic[] = [];
  const planned: PlannedTransform[] = [];
  const wanted = request.ids.flatMap((id) => transforms.get(id) ?? []);
  for (const { transform, code, cut } of await withCode(wanted, project.root, request)) {
    const { id } = transform;
    const kind = kinds.get(transform.kind);
    if (!kind) continue;
    const fails = (found: readonly Diagnostic[]) =>
      diagnostics.push(...found.map((diagnostic) => ({ ...diagnostic, transform: id })));
    if (cut && cut.diagnostics.length > 0) {
      fails(cut.diagnostics);
      continue;
    }
    const action = kind.plan(transform, {
      project,
      ...(code ? { code } : {}),
      ...(cut ? { statements: cut.statements } : {}),
    });
    if (!("type" in action)) {
      fails(action);
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
      reads: readsOf(transform),
      monitors: transform.monitors,
      settings: transform.settings,
      retries: transform.retries,
      ...(transform.timeoutMs === undefined ? {} : { timeoutMs: transform.timeoutMs }),
      publishWaitMs: transform.publishWaitMs,
      snapshotWaitMs: transform.snapshotWaitMs,
      keepPrevious: transform.keepPrevious,
      referencedBy: transform.outputs.flatMap((output) =>
        output.type === "table" ? (references.get(tableText(output)) ?? []) : [],
      ),
      rebuiltLater: [],
      codeVersion: codeVersionOf(action),
    });
  }
  const { target, variables, description, environment } = request;
  const moved = environment ? await movePlanned(planned, transforms, environment) : { planned, diagnostics: [] };
  diagnostics.push(...moved.diagnostics);
  const plan: Plan = {
    version: PLAN_VERSION,
    project: project.name,
    target,
    ...(environment && { prefix: environment.question.prefix }),
    variables,
    selection: description,
    transforms: withRebuiltLater(moved.planned),
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

/** What the inputs of a transform stand for in the warehouse: of a load also the table of what it could not read. */
function declaredReads(project: Project): (transform: Transform) => readonly TableName[] {
  const transforms = new Map(project.transforms.map((transform) => [transform.id, transform]));
  const sources = new Map(project.sources.map((source) => [source.sourceName, source]));
  const named = ({ schema, name }: TableName): TableName => ({ schema, name });
  const ofTransform = (made: Transform | undefined): readonly TableName[] =>
    made?.outputs.flatMap((output) => {
      if (output.type === "function" || output.type === "file") return [];
      const loads = loadsFiles(made, (source) => sources.get(source)?.type === "file");
      return loads ? [named(output), rejectsOf(output)] : [named(output)];
    }) ?? [];
  return ({ inputs }) =>
    inputs.flatMap((input) => {
      if (input.type === "transform") return ofTransform(transforms.get(input.id));
      const source = sources.get(input.name);
      return source?.type === "table" ? [named(source)] : [];
    });
}

interface WithCode {
  readonly transform: Transform;
  readonly code?: Code;
  readonly cut?: Cut;
}

/** Each with the text beside it, and where that is SQL, cut into its statements. */
async function withCode(
  transforms: readonly Transform[],
  root: string,
  { readCode, cache }: PlanRequest,
): Promise<readonly WithCode[]> {
  const codes = transforms.map((transform) => codeOf(transform, readCode));
  const sql = transforms.flatMap(({ id, codeHolds: holds }, n): readonly (ToCut & { readonly id: string })[] => {
    const code = codes[n];
    return code && holds ? [{ id, code, holds }] : [];
  });
  const cuts = await cutAll(sql, cache ? root : undefined);
  const cutOf = new Map(sql.map(({ id }, n) => [id, cuts[n]!]));
  return transforms.map((transform, n) => {
    const [code, cut] = [codes[n], cutOf.get(transform.id)];
    return { transform, ...(code ? { code } : {}), ...(cut ? { cut } : {}) };
  });
}

function codeOf(transform: Transform, readCode: PlanRequest["readCode"]): Code | undefined {
  if (!transform.codeFile) return undefined;
  return { file: transform.codeFile, text: readCode(transform.codeFile), line: 1, column: 1 };
}
