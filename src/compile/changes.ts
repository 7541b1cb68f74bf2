/**
 * Errors that come from a change elsewhere. A transform that compiled before, has not changed since and fails now does so
 * because of what it reads; then the change is what is told, once, with all that it breaks.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { isError } from "../diagnostics/diagnostic.ts";
import type { Path } from "../project/problem.ts";
import type { Transform } from "../project/types.ts";
import { breakingChange } from "./codes.ts";
import type { CompileCache, KeptColumns } from "./cache.ts";
import type { UnitKey } from "./keys.ts";
import type { Places } from "./places.ts";
import type { Relation, Unit, Units } from "./units.ts";

export const columnsOf = ({ columns }: Relation): KeptColumns => columns.map(({ name, type }) => [name, type]);

/** How the project was before it was changed, for what was never compiled on this machine. */
export interface Before {
  /** What was declared, by `schema.name`. */
  readonly columns: ReadonlyMap<string, KeptColumns>;
  /** Whether a transform and its SQL said the same then. */
  readonly isUnchanged: (transform: Transform) => boolean;
}

/** What is known of this check and those before it. */
interface Known {
  readonly units: Units;
  readonly keys: ReadonlyMap<Unit, UnitKey>;
  readonly cache: CompileCache;
  readonly places: () => Promise<Places>;
  readonly before: (() => Promise<Before | undefined>) | undefined;
}

interface Broken {
  readonly unit: Unit;
  readonly error: Diagnostic;
}

interface Change {
  readonly relation: Relation;
  readonly differences: readonly Difference[];
  readonly broken: Broken[];
}

interface Difference {
  readonly column: string;
  /** `changed from daterange to text` */
  readonly words: string;
}

/** The diagnostics, with those that follow from one change gathered under it. */
export async function gatherChanges(
  diagnostics: readonly Diagnostic[],
  { units, keys, cache, places, before }: Known,
): Promise<readonly Diagnostic[]> {
  const changes = new Map<Relation, Change>();
  const others: Diagnostic[] = [];
  const relations = new Map(units.relations.map((relation) => [relation.text, relation]));
  const unitOf = (error: Diagnostic) => (isError(error) ? units.byId.get(error.transform ?? "") : undefined);
  const isNew = (unit: Unit | undefined) => unit !== undefined && cache.last(unit.transform.id) === undefined;
  const base = diagnostics.some((error) => isNew(unitOf(error))) ? await before?.() : undefined;
  for (const error of diagnostics) {
    const unit = unitOf(error);
    const changed = unit && [
      ...sinceCompiled(unit, keys.get(unit)!, cache, relations),
      ...(base && isNew(unit) && base.isUnchanged(unit.transform) ? sinceBase(units.read(unit), base) : []),
    ];
    const cause = changed && causeOf(error, changed);
    if (!unit || !cause) {
      others.push(error);
      continue;
    }
    const change = changes.get(cause.relation) ?? { ...cause, broken: [] };
    changes.set(cause.relation, change);
    change.broken.push({ unit, error });
  }
  if (changes.size === 0) return others;
  const place = await places();
  return [...[...changes.values()].map((change) => told(change, place)), ...others];
}

type Changed = Omit<Change, "broken">;

/** Of the relations that changed, the one whose changed column the error speaks of, or else the first. */
function causeOf(error: Diagnostic, changed: readonly Changed[]): Changed | undefined {
  const named = ({ differences }: Changed) =>
    differences.some(({ column }) => error.message.split(/[^\p{L}\p{N}_$]+/u).includes(column));
  return changed.find(named) ?? changed[0];
}

/** The relations that have changed since a unit compiled that is the same itself. */
function sinceCompiled(
  unit: Unit,
  { own, reads }: UnitKey,
  cache: CompileCache,
  relations: ReadonlyMap<string, Relation>,
): readonly Changed[] {
  const last = cache.last(unit.transform.id);
  if (last?.own !== own) return [];
  return Object.entries(last.reads).flatMap(([text, digest]) => {
    const relation = relations.get(text);
    const before = cache.columns(unit.transform.id, digest);
    if (!relation || !before || reads.get(text) === digest) return [];
    const differences = differencesOf(before, columnsOf(relation));
    return differences.length > 0 ? [{ relation, differences }] : [];
  });
}

const sinceBase = (read: readonly Relation[], { columns }: Before): readonly Changed[] =>
  read.flatMap((relation) => {
    const before = columns.get(relation.text);
    const differences = before ? differencesOf(before, columnsOf(relation)) : [];
    return differences.length > 0 ? [{ relation, differences }] : [];
  });

/** Columns that are gone or have another type; what is new breaks nobody who did not ask for it. */
function differencesOf(before: KeptColumns, now: KeptColumns): readonly Difference[] {
  const types = new Map(now);
  const gone = before.flatMap(([column, type]): readonly Difference[] => {
    const other = types.get(column);
    if (other === type) return [];
    return [{ column, words: other === undefined ? "is gone" : `changed from ${type} to ${other}` }];
  });
  if (gone.length > 0) return gone;
  const known = new Set(before.map(([column]) => column));
  return now.flatMap(([column]) => (known.has(column) ? [] : [{ column, words: "is new" }]));
}

function told({ relation, differences, broken }: Change, place: Places): Diagnostic {
  const { text } = relation;
  const what =
    differences.length === 1
      ? `${text}.${differences[0]!.column} ${differences[0]!.words}`
      : `${text} changed: ${differences.map(({ column, words }) => `${column} ${words}`).join(", ")}`;
  const units = [...new Set(broken.map(({ unit }) => unit.transform))];
  const pipelines = new Set(units.map(({ pipeline }) => pipeline));
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const where = broken.map(({ unit, error }) => `${unit.transform.id} (${whereabouts(unit, error)})`);
  const index = relation.columns.findIndex(({ name }) => name === differences[0]!.column);
  const part: Path = index === -1 ? ["columns"] : ["columns", index, "type"];
  return breakingChange({
    message: `${what}; that breaks ${counted(units.length, "transform")} in ${counted(pipelines.size, "pipeline")}: ${where.join(", ")}`,
    span: place(relation, part),
    labels: broken.flatMap(({ unit, error }) =>
      error.span ? [{ span: error.span, message: `${unit.transform.id}: ${error.message}` }] : [],
    ),
    hint: "Mend them in the same change, ask their owners to, or keep the column as it was.",
    ...(relation.maker && { transform: relation.maker.transform.id }),
  });
}

/** `readmissions.sql:12:9, owner quality-data@clover.example` */
function whereabouts({ transform }: Unit, { span }: Diagnostic): string {
  const file = (span?.file ?? transform.file).split("/").at(-1)!;
  const position = span?.start ? `:${span.start.line}:${span.start.column}` : "";
  const owners = transform.owners.length > 0 ? [`owner ${transform.owners.join(", ")}`] : [];
  return [`${file}${position}`, ...owners].join(", ");
}
