/** Turns what was written into what the project keeps: milliseconds, texts, lists. */
import { badValue } from "../codes/definition_codes.ts";
import { defined, type ExecutionDefinition } from "../definitions.ts";
import { tooLong } from "../names.ts";
import type { Path, Problem } from "../problem.ts";
import type { RawExecution } from "../syntax/common.ts";
import type { Grant } from "../types.ts";

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `2h` as milliseconds. The schema has made sure of its form. */
function milliseconds(duration: string): number {
  const [, number, unit] = /^(\d+)(\D+)$/.exec(duration)!;
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}

const maybe = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : milliseconds(duration);

export function executionOf(raw: RawExecution | undefined): ExecutionDefinition {
  if (!raw) return {};
  return defined<ExecutionDefinition>({
    settings: raw.settings && settingsOf(raw.settings),
    retries: raw.retries,
    timeoutMs: maybe(raw.timeout),
    publishWaitMs: maybe(raw.publish_wait),
    snapshotWaitMs: maybe(raw.snapshot_wait),
    keepPrevious: raw.keep_previous,
  });
}

/** PostgreSQL keeps times in 32 bits of milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

export function executionProblems(raw: RawExecution | undefined, base: Path = []): readonly Problem[] {
  return (["timeout", "publish_wait", "snapshot_wait"] as const).flatMap((key) => {
    const duration = raw?.[key];
    if (duration === undefined || milliseconds(duration) <= LONGEST_MS) return [];
    return [{ code: badValue, path: [...base, key], message: `"${key}" must be 24 days or less, not ${duration}` }];
  });
}

function settingsOf(raw: NonNullable<RawExecution["settings"]>): Readonly<Record<string, string>> {
  const texts = Object.entries(raw).map(([key, value]) => [
    key,
    typeof value === "boolean" ? (value ? "on" : "off") : String(value),
  ]);
  return Object.fromEntries(texts);
}

type RawGrants = Readonly<Record<string, readonly string[]>>;

export const grantsOf = (raw: RawGrants | undefined): readonly Grant[] =>
  raw ? Object.entries(raw).map(([role, privileges]) => ({ role, privileges: [...new Set(privileges)] })) : [];

export const grantProblems = (raw: RawGrants | undefined, path: Path): readonly Problem[] =>
  Object.keys(raw ?? {}).flatMap((role) => tooLong(role, [...path, role]).map((p) => ({ ...p, at: "key" as const })));

/** The grants of several places together: a role has the privileges of all of them. */
export function mergeGrants(...lists: readonly (readonly Grant[])[]): readonly Grant[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const merged = new Map<string, Set<string>>();
  for (const { role, privileges } of filled.flat()) {
    const all = merged.get(role) ?? new Set();
    for (const privilege of privileges) all.add(privilege);
    merged.set(role, all);
  }
  return [...merged].map(([role, privileges]) => ({ role, privileges: [...privileges] }));
}
