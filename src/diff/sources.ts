/** What CTF does not build, then and now. */
import { type Project, type Source, tableText } from "../project/types.ts";
import { columnChanges } from "./columns.ts";
import { isSame, restrictionChanges } from "./outputs.ts";
import type { Effect, FoundChange, FoundEntry } from "./types.ts";

export function sourceEntries(before: Project, now: Project, touched: ReadonlySet<string>): readonly FoundEntry[] {
  const then = new Map(before.sources.map((source) => [source.sourceName, source]));
  const today = new Set(now.sources.map(({ sourceName }) => sourceName));
  const gone = before.sources.filter(({ sourceName }) => !today.has(sourceName));
  const removed = gone.map((source): FoundEntry => {
    const contract = { before: relationName(source), effect: { type: "breaks" }, place: { path: [] } } as const;
    const change: FoundChange = { area: "contract", text: `${wordFor(source)} is no longer declared`, contract };
    return { what: "source", name: source.sourceName, status: "removed", owners: source.owners, changes: [change] };
  });
  const others = now.sources.flatMap((source): readonly FoundEntry[] => {
    const { sourceName: name, owners, file } = source;
    const entry = { what: "source", name, owners, file } as const;
    const old = then.get(name);
    if (!old) return [{ ...entry, status: "added", changes: [] }];
    if (!touched.has(file) && old.file === file && !touched.has("ctf.yaml")) return [];
    const changes = sourceChanges(old, source);
    return changes.length === 0 ? [] : [{ ...entry, status: "changed", changes }];
  });
  return [...removed, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** As lineage calls it. */
const relationName = (source: Source): string => (source.type === "table" ? tableText(source) : source.sourceName);
const wordFor = (source: Source): string => (source.type === "table" ? `table ${tableText(source)}` : "it");

function sourceChanges(before: Source, now: Source): readonly FoundChange[] {
  const path = ["sources", now.entry];
  const names = { before: relationName(before), now: relationName(now), path };
  const found: FoundChange[] = [];
  const change = (text: string, effect: Effect, key: string) =>
    found.push({
      area: "contract",
      text,
      contract: { ...names, effect, place: { path: [...path, key], at: "key" } },
    });
  if (before.type !== now.type) change(`was a ${before.type} and is a ${now.type} now`, { type: "breaks" }, now.type);
  else if (names.before !== names.now)
    change(`was table ${names.before} and is ${names.now} now`, { type: "breaks" }, "table");
  if (before.type === "file" && now.type === "file") {
    if (!isSame(before.format, now.format)) found.push({ area: "logic", text: "how its files are read" });
    if (!isSame(before.patterns, now.patterns)) found.push({ area: "logic", text: "where its files are" });
  }
  found.push(...columnChanges(before.columns, now.columns, names));
  found.push(...restrictionChanges(before.restrictions, now.restrictions, names));
  if (!isSame(before.owners, now.owners)) found.push({ area: "operations", text: "owners" });
  if (before.description !== now.description) found.push({ area: "words", text: "description" });
  return found;
}
