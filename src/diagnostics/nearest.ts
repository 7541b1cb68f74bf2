/**
 * The candidate that a person most likely meant: the one with the fewest letters changed, else the only one that begins so;
 * none where nothing is near enough to be worth saying.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  const begun: string[] = [];
  let bound = Math.floor(Math.max(word.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    if (wanted.length >= 3 && candidate.length > wanted.length && candidate.toLowerCase().startsWith(wanted)) {
      begun.push(candidate);
    }
    // A distance is at least the difference in length; this spares most of a long list.
    if (Math.abs(candidate.length - word.length) >= bound) continue;
    const d = distance(wanted, candidate.toLowerCase(), bound);
    if (d < bound) {
      bound = d;
      best = candidate;
    }
    if (bound === 0) break;
  }
  return best ?? (begun.length === 1 ? begun[0] : undefined);
}

/** Edits between two words, two neighbours swapped counting as one (optimal string alignment); `bound` if that many or more. */
function distance(a: string, b: string, bound: number): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      next.push(d);
      if (d < least) least = d;
    }
    if (least >= bound) return bound;
    before = row;
    row = next;
  }
  return row[b.length]!;
}
