/** The columns of an output or a source, then and now. */
import type { Path } from "../project/problem.ts";
import type { Column } from "../project/types.ts";
import { readTypeName } from "../sql/questions/type_names.ts";
import type { Effect, FoundChange } from "./types.ts";
import { sameType, widens } from "./widening.ts";

export interface RelationNames {
  readonly before: string;
  readonly now: string;
  /** Of the output or the source, in its definition. */
  readonly path: Path;
}

const safe: Effect = { type: "safe" };
const breaks: Effect = { type: "breaks" };

/** The caller has awaited `loadParser()`. */
export function columnChanges(
  before: readonly Column[],
  now: readonly Column[],
  names: RelationNames,
): readonly FoundChange[] {
  const change = (text: string, effect: Effect, column?: string, key?: string): FoundChange => {
    const at = now.findIndex(({ name }) => name === column);
    const inside: Path = at < 0 ? ["columns"] : ["columns", at, ...(key === undefined ? [] : [key])];
    const { before, now: relation, path } = names;
    const place = { path: [...path, ...inside], ...(at < 0 && { at: "key" as const }) };
    return {
      area: "contract",
      text,
      contract: { before, now: relation, ...(column !== undefined && { column }), effect, place },
    };
  };
  if (before.length === 0 && now.length === 0) return [];
  if (before.length === 0) return [change("declares its columns now", safe)];
  if (now.length === 0) return [change("no longer declares its columns", breaks)];

  const changes: FoundChange[] = [];
  const renamed = renames(before, now);
  const namesNow = new Map(now.map((column) => [column.name, column]));
  const namesBefore = new Map(before.map((column) => [column.name, column]));
  for (const old of before) {
    const other = namesNow.get(old.name);
    if (other) {
      changes.push(...oneColumn(old, other, change));
      continue;
    }
    const next = renamed.get(old.name);
    const text =
      next === undefined ? `column ${old.name} is gone` : `column ${old.name} is gone; ${next} has its place`;
    changes.push(change(text, breaks, old.name));
  }
  for (const column of now) {
    if (namesBefore.has(column.name)) continue;
    changes.push(change(`column ${column.name} ${column.type} is new`, { type: "adds" }, column.name));
  }
  if (isReordered(before, now)) changes.push(change("its columns stand in another order", safe));
  return changes;
}

type MakeChange = (text: string, effect: Effect, column?: string, key?: string) => FoundChange;

function oneColumn(before: Column, now: Column, change: MakeChange): readonly FoundChange[] {
  const { name } = now;
  const found: FoundChange[] = [];
  const effect = typeEffect(before.type, now.type);
  if (effect) found.push(change(`column ${name} changed from ${before.type} to ${now.type}`, effect, name, "type"));
  if (before.notNull && !now.notNull) found.push(change(`column ${name} may be NULL now`, breaks, name));
  if (!before.notNull && now.notNull) found.push(change(`column ${name} is never NULL now`, safe, name, "not_null"));
  if (!before.phi && now.phi) found.push(change(`column ${name} is PHI now`, breaks, name, "phi"));
  if (before.phi && !now.phi) found.push(change(`column ${name} is no longer PHI`, safe, name));
  if (before.identity !== now.identity) found.push(change(`column ${name} is numbered in another way`, safe, name));
  if (before.default !== now.default) found.push(change(`column ${name} has another default`, safe, name));
  if (before.declassified !== now.declassified || before.deniesPhi !== now.deniesPhi) {
    found.push({ area: "words", text: `column ${name}: why it is no PHI` });
  }
  if (before.description !== now.description) found.push({ area: "words", text: `column ${name}: description` });
  return found;
}

/** Undefined where both names mean the same type. */
function typeEffect(before: string, now: string): Effect | undefined {
  if (before === now) return undefined;
  const [from, to] = [readTypeName(before), readTypeName(now)];
  if (!from || !to) return breaks;
  if (sameType(from, to)) return undefined;
  return widens(from, to) ? { type: "widens", from } : breaks;
}

/** A column that stands where another was, with the same type: most likely the same under a new name. */
function renames(before: readonly Column[], now: readonly Column[]): ReadonlyMap<string, string> {
  const known = new Set(before.map(({ name }) => name));
  const kept = new Set(now.map(({ name }) => name));
  return new Map(
    before.flatMap((old, i) => {
      const other = now[i];
      const fits =
        other && !kept.has(old.name) && !known.has(other.name) && typeEffect(old.type, other.type) === undefined;
      return fits ? [[old.name, other.name] as const] : [];
    }),
  );
}

function isReordered(before: readonly Column[], now: readonly Column[]): boolean {
  const known = new Set(before.map(({ name }) => name));
  const kept = new Set(now.map(({ name }) => name));
  const order = before.filter(({ name }) => kept.has(name));
  return now.filter(({ name }) => known.has(name)).some(({ name }, i) => order[i]!.name !== name);
}
