/** What a transform promises to make, then and now. */
import { outputPath } from "../project/output_path.ts";
import type { Path } from "../project/problem.ts";
import {
  type FileOutput,
  type FunctionOutput,
  type Output,
  outputText,
  type Restrictions,
  type TableOutput,
  type Transform,
} from "../project/types.ts";
import { columnChanges, type RelationNames } from "./columns.ts";
import { keyChanges } from "./keys.ts";
import type { Effect, FoundChange } from "./types.ts";

/** The caller has awaited `loadParser()`. */
export function outputChanges(before: Transform, now: Transform): readonly FoundChange[] {
  const pairs = pairsOf(before.outputs, now.outputs);
  const paired = new Set(pairs.flat());
  const found: FoundChange[] = [];
  for (const output of before.outputs) {
    if (paired.has(output)) continue;
    const name = outputText(output);
    const contract = { before: name, effect: { type: "breaks" }, place: { path: ["output"], at: "key" } } as const;
    found.push({ area: "contract", text: `${output.type} ${name} is gone`, contract });
  }
  now.outputs.forEach((output, i) => {
    const path = outputPath(now, i);
    const old = pairs.find(([, one]) => one === output)?.[0];
    if (old) found.push(...oneOutput(old, output, path, before.pipeline !== now.pipeline));
    else
      found.push(
        whole(`${output.type} ${outputText(output)} is new`, { type: "safe" }, { now: outputText(output), path }),
      );
  });
  return found;
}

/** By name; the one of each side that is left is the same under another. */
function pairsOf(before: readonly Output[], now: readonly Output[]): readonly (readonly [Output, Output])[] {
  const pairs = before.flatMap((old) => {
    const same = now.find(
      (one) => one.type === old.type && outputText(one) === outputText(old) && signature(one) === signature(old),
    );
    return same ? [[old, same] as const] : [];
  });
  const paired = new Set<Output>(pairs.flat());
  const [gone, ...moreGone] = before.filter((one) => !paired.has(one));
  const [fresh, ...moreFresh] = now.filter((one) => !paired.has(one));
  if (!gone || !fresh || moreGone.length + moreFresh.length > 0 || isRelation(gone) !== isRelation(fresh)) return pairs;
  return [...pairs, [gone, fresh]];
}

const signature = (output: Output): string => (output.type === "function" ? (output.arguments ?? []).join() : "");
const isRelation = ({ type }: Output): boolean => type === "table" || type === "view";

function whole(
  text: string,
  effect: Effect,
  {
    before,
    now,
    path,
    key,
  }: { readonly before?: string; readonly now: string; readonly path: Path; readonly key?: string },
): FoundChange {
  const place = { path: key === undefined ? path : [...path, key], at: "key" as const };
  return { area: "contract", text, contract: { ...(before !== undefined && { before }), now, effect, place } };
}

function oneOutput(before: Output, now: Output, path: Path, moved: boolean): readonly FoundChange[] {
  const names: RelationNames = { before: outputText(before), now: outputText(now), path };
  const found: FoundChange[] = [];
  const change = (text: string, effect: Effect["type"] & ("safe" | "breaks" | "shuts"), key?: string) =>
    found.push(whole(text, { type: effect }, { ...names, ...(key !== undefined && { key }) }));
  if (names.before !== names.now) change(`${before.type} ${names.before} is ${names.now} now`, "breaks", now.type);
  if (before.type !== now.type) change(`the ${before.type} is a ${now.type} now`, "safe", now.type);
  if (before.type === "function" && now.type === "function") {
    if (signature(before) !== signature(now)) {
      change(`its arguments were (${signature(before)}) and are (${signature(now)})`, "breaks", "function");
    }
  }
  if (before.type === "file" && now.type === "file" && before.format !== now.format) {
    change(`its format changed from ${before.format} to ${now.format}`, "breaks", "format");
  }
  if (before.type !== "function" && now.type !== "function") {
    found.push(...columnChanges(before.columns, now.columns, names));
  }
  if (before.type === "table" && now.type === "table") found.push(...keyChanges(before, now, names));
  found.push(...restrictionChanges(before.restrictions, now.restrictions, names, moved));
  if ("grants" in before && "grants" in now && !isSame(before.grants, now.grants)) {
    found.push({ area: "operations", text: "grants" });
  }
  if (before.description !== now.description) found.push({ area: "words", text: "description of the output" });
  for (const key of otherKeys(before, now, LOOKED_AT)) change(key, "safe");
  return found;
}

const LOOKED_AT: ReadonlySet<string> = new Set<keyof TableOutput | keyof FileOutput | keyof FunctionOutput>([
  ...(["type", "schema", "name", "path", "format", "arguments", "description", "restrictions", "columns"] as const),
  ...(["primaryKey", "unique", "indexes", "constraints", "foreignKeys", "statistics", "grants"] as const),
]);

/** Keys that no rule knows, and that say something else: a key that is new to CTF is never taken for a comment. */
export const otherKeys = (before: object, now: object, known: ReadonlySet<string>): readonly string[] =>
  Object.keys({ ...before, ...now }).filter(
    (key) => !known.has(key) && !isSame(before[key as keyof object], now[key as keyof object]),
  );

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** `moved`: to another pipeline, whose transforms are others than those of the old one. */
export function restrictionChanges(
  before: Restrictions | undefined,
  now: Restrictions | undefined,
  names: RelationNames,
  moved = false,
): readonly FoundChange[] {
  const [then, today] = [whoMay(before), whoMay(now)];
  const found: FoundChange[] = [];
  if (then !== today || (moved && now?.visibility === "pipeline")) {
    const key = now?.readers ? "readers" : "visibility";
    const text = then === today ? `${today}, which is another pipeline now` : `${then} before, ${today} now`;
    found.push(whole(`visibility: ${text}`, { type: "shuts" }, { ...names, key }));
  }
  if (!isSame(before?.deprecated, now?.deprecated)) {
    const use = now?.deprecated?.use;
    const text = now?.deprecated
      ? `deprecated since ${now.deprecated.since}${use === undefined ? "" : `, to be replaced by ${use}`}`
      : "no longer deprecated";
    found.push(whole(text, { type: "safe" }, { ...names, key: "deprecated" }));
  }
  return found;
}

function whoMay({ visibility = "public", readers = [] }: Restrictions = {}): string {
  return readers.length === 0 ? visibility : `${visibility} and ${readers.toSorted().join(", ")}`;
}
