import type { Breaking } from "./annotations.ts";

export interface ConcernedOwner {
  readonly owner: string;
  /** Transforms of theirs that read what breaks. */
  readonly reads: readonly string[];
  /** Those that only follow from others. */
  readonly follows: readonly string[];
}

/** Whom to ask before breaking something, with what it is about. */
export function byOwner(breaking: readonly Breaking[]): readonly ConcernedOwner[] {
  const owners = new Map<string, { readonly reads: Set<string>; readonly follows: Set<string> }>();
  for (const { contract } of breaking) {
    for (const reader of [...contract.readers, ...contract.further]) {
      for (const owner of reader.owners.length > 0 ? reader.owners : ["nobody"]) {
        const own = owners.get(owner) ?? { reads: new Set(), follows: new Set() };
        owners.set(owner, own);
        own[reader.how === "follows" ? "follows" : "reads"].add(reader.transform);
      }
    }
  }
  return [...owners]
    .map(([owner, { reads, follows }]) => ({
      owner,
      reads: [...reads].sort(),
      follows: [...follows].filter((id) => !reads.has(id)).sort(),
    }))
    .sort((a, b) => b.reads.length - a.reads.length || (a.owner < b.owner ? -1 : 1));
}
