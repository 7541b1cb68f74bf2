/** Two states of a project → what differs between them. Whom it concerns is `concerned.ts`. */
import { outputPath } from "../project/output_path.ts";
import { PROJECT_FILE } from "../project/root.ts";
import { outputText, type Pipeline, type Project, type Transform } from "../project/types.ts";
import { codeChanges } from "./code.ts";
import { changedVariables, definitionChanges, surroundingChanges } from "./definition.ts";
import { isSame, outputChanges } from "./outputs.ts";
import type { Sides } from "./side.ts";
import { sourceEntries } from "./sources.ts";
import { AREAS, type FoundChange, type FoundEntry } from "./types.ts";

/** `touched`: the files that are not the same on both sides. The caller has awaited `loadParser()`. */
export function findDifference(sides: Sides, touched: ReadonlySet<string>): readonly FoundEntry[] {
  const { before, now } = sides;
  return [
    ...projectEntries(before.project, now.project, touched),
    ...pipelineEntries(before.project, now.project),
    ...sourceEntries(before.project, now.project, touched),
    ...transformEntries(sides, touched),
  ].map((entry) => ({ ...entry, changes: sorted(entry.changes) }));
}

const sorted = (changes: readonly FoundChange[]): readonly FoundChange[] =>
  changes.toSorted((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));

function projectEntries(before: Project, now: Project, touched: ReadonlySet<string>): readonly FoundEntry[] {
  const changes: FoundChange[] = [];
  const operations = (text: string) => changes.push({ area: "operations", text });
  if (before.postgres !== now.postgres) operations(`PostgreSQL ${before.postgres} is ${now.postgres} now`);
  if (!isSame(before.targets, now.targets) || before.defaultTarget !== now.defaultTarget) operations("targets");
  if (!isSame(before.variables, now.variables)) operations("variables");
  if (before.python !== now.python) operations("the Python that transforms run on");
  if (!isSame(before.pythonRequirements, now.pythonRequirements) || touched.has("requirements.lock")) {
    operations("the packages of Python transforms");
  }
  if (changes.length === 0) return [];
  return [{ what: "project", name: now.name, status: "changed", owners: [], file: "ctf.yaml", changes }];
}

function pipelineEntries(before: Project, now: Project): readonly FoundEntry[] {
  const then = new Map(before.pipelines.map((pipeline) => [pipeline.name, pipeline]));
  const today = new Set(now.pipelines.map(({ name }) => name));
  const entry = ({ name, owners, file }: Pipeline) =>
    ({ what: "pipeline", name, pipeline: name, owners, file }) as const;
  const gone = before.pipelines
    .filter(({ name }) => !today.has(name))
    .map(({ name, owners }): FoundEntry => ({ what: "pipeline", name, status: "removed", owners, changes: [] }));
  const others = now.pipelines.flatMap((pipeline): readonly FoundEntry[] => {
    const old = then.get(pipeline.name);
    if (!old) return [{ ...entry(pipeline), status: "added", changes: [] }];
    const changes: FoundChange[] = [];
    if (old.schedule !== pipeline.schedule) {
      const text = `schedule ${old.schedule ?? "none"} is ${pipeline.schedule ?? "none"} now`;
      changes.push({ area: "operations", text });
    }
    if (!isSame(old.owners, pipeline.owners)) changes.push({ area: "operations", text: "owners" });
    if (old.description !== pipeline.description) changes.push({ area: "words", text: "description" });
    return changes.length === 0 ? [] : [{ ...entry(pipeline), status: "changed", changes }];
  });
  return [...gone, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function transformEntries(sides: Sides, touched: ReadonlySet<string>): readonly FoundEntry[] {
  const { before, now } = sides;
  const then = new Map(before.project.transforms.map((transform) => [transform.id, transform]));
  const today = new Map(now.project.transforms.map((transform) => [transform.id, transform]));
  const variables = changedVariables(before.project, now.project);
  const moved = movedFrom(then, today);
  const entries: FoundEntry[] = [];
  for (const transform of today.values()) {
    const old = then.get(transform.id) ?? moved.get(transform.id);
    if (!old) {
      const unreadable = before.unreadable.has(transform.id);
      entries.push({
        ...entryOf(transform),
        status: unreadable ? "changed" : "added",
        changes: unreadable ? [] : newOutputs(transform),
        ...(unreadable && { unreadable: "before" }),
      });
      continue;
    }
    const isSaid = mayBeSaid(old, transform, touched);
    const changes = [
      ...(isSaid ? outputChanges(old, transform) : []),
      ...codeChanges(old, transform, sides, touched),
      ...(isSaid ? definitionChanges(old, transform) : []),
      ...surroundingChanges(transform, sides, variables),
    ];
    if (old.id !== transform.id) {
      entries.push({ ...entryOf(transform), status: "renamed", before: old.id, changes });
    } else if (changes.length > 0) entries.push({ ...entryOf(transform), status: "changed", changes });
    else if (touched.has(transform.file)) {
      const file = transform.file.slice(transform.file.lastIndexOf("/") + 1);
      const words = { area: "words", text: `comments or formatting of ${file}` } as const;
      entries.push({ ...entryOf(transform), status: "changed", changes: [words] });
    }
  }
  const taken = new Set([...moved.values()].map(({ id }) => id));
  for (const transform of then.values()) {
    if (today.has(transform.id) || taken.has(transform.id)) continue;
    const { file: _, ...entry } = entryOf(transform);
    if (now.unreadable.has(transform.id)) {
      entries.push({ ...entryOf(transform), status: "changed", changes: [], unreadable: "now" });
    } else entries.push({ ...entry, status: "removed", changes: goneOutputs(transform) });
  }
  for (const id of now.unreadable) {
    if (then.has(id)) continue;
    if (!before.unreadable.has(id)) entries.push({ ...unread(id, now.project), status: "added" });
    else if (touched.has(fileOf(id))) entries.push({ ...unread(id, now.project), status: "changed" });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const fileOf = (id: string): string => `pipelines/${id.replace(".", "/")}.yaml`;

/** One that nobody has ever been able to read. */
function unread(id: string, { pipelines }: Project): Omit<FoundEntry, "status"> {
  const pipeline = id.slice(0, id.indexOf("."));
  const owners = pipelines.find(({ name }) => name === pipeline)?.owners ?? [];
  return { what: "transform", name: id, pipeline, owners, file: fileOf(id), changes: [], unreadable: "now" };
}

/** Whether a file that its definition follows from is another one: its own, its pipeline's, the project's. */
const mayBeSaid = (old: Transform, { id, file, pipeline }: Transform, touched: ReadonlySet<string>): boolean =>
  old.id !== id || [file, `pipelines/${pipeline}/pipeline.yaml`, PROJECT_FILE].some((path) => touched.has(path));

const entryOf = ({ id, pipeline, owners, file }: Transform) =>
  ({ what: "transform", name: id, pipeline, owners, file }) as const;

/** Transforms under a new name, with what they were: they make what another one made. */
function movedFrom(
  then: ReadonlyMap<string, Transform>,
  today: ReadonlyMap<string, Transform>,
): ReadonlyMap<string, Transform> {
  const makers = new Map<string, Transform>();
  for (const transform of then.values()) {
    if (!today.has(transform.id)) for (const output of transform.outputs) makers.set(outputText(output), transform);
  }
  const moved = new Map<string, Transform>();
  for (const transform of today.values()) {
    if (then.has(transform.id)) continue;
    const old = transform.outputs.flatMap((output) => makers.get(outputText(output)) ?? [])[0];
    if (!old) continue;
    moved.set(transform.id, old);
    for (const output of old.outputs) makers.delete(outputText(output));
  }
  return moved;
}

const newOutputs = (transform: Transform): readonly FoundChange[] =>
  transform.outputs.map((output, i) => {
    const place = { path: outputPath(transform, i), at: "key" } as const;
    const contract = { now: outputText(output), effect: { type: "safe" }, place } as const;
    return { area: "contract", text: `${output.type} ${outputText(output)} is new`, contract };
  });

const goneOutputs = ({ outputs }: Transform): readonly FoundChange[] =>
  outputs.map((output) => {
    const contract = { before: outputText(output), effect: { type: "breaks" }, place: { path: [] } } as const;
    return { area: "contract", text: `${output.type} ${outputText(output)} is gone`, contract };
  });
