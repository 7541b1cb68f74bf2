/** A difference in one line, and its words. */
import { breakingIn } from "./annotations.ts";
import type { Compared } from "./compare.ts";
import { changedTransforms } from "./selection.ts";
import { AREAS, type Area, type Entry } from "./types.ts";

const counted = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

export const baseText = ({ base }: Pick<Compared, "base">): string => `${base.name} (${base.commit.slice(0, 7)})`;

/** `2 breaking changes, 3 transforms to run`; of definitions with errors nobody can say it. */
export function summaryText({ difference }: Pick<Compared, "difference">): string {
  const breaking = breakingIn(difference).length;
  const toRun = changedTransforms(difference).length;
  const unread = difference.entries.filter(({ unreadable }) => unreadable === "now").length;
  const words = [
    breaking === 0 ? "nothing breaks" : counted(breaking, "breaking change"),
    toRun === 0 ? "nothing to run" : `${counted(toRun, "transform")} to run`,
  ].join(", ");
  return unread === 0 ? words : `${counted(unread, "transform")} can't be read; of the others: ${words}`;
}

/** The areas that an entry's changes are in, contract first. */
export const areasOf = ({ changes }: Entry): readonly Area[] =>
  AREAS.filter((area) => changes.some((change) => change.area === area));

/** `new`, `was a.b before`, `words only`, `contract, logic` */
export function statusText(entry: Entry): string {
  if (entry.unreadable) return entry.unreadable === "before" ? "could not be read before" : "can't be read now";
  const areas = areasOf(entry);
  switch (entry.status) {
    case "added":
      return "new";
    case "removed":
      return "removed";
    case "renamed":
      return [`was ${entry.before}`, ...areas].join(", ");
    case "changed":
      return areas.length === 1 && areas[0] === "words" ? "words only" : areas.join(", ");
  }
}
