import type { RowCounts } from "../../../warehouse/outcome.ts";
import type { StructuralCheck, Tries } from "./check.ts";
import { upsertNeverRests } from "../codes.ts";
import { suspected } from "../finding/suspected.ts";

export const secondUpsert: StructuralCheck = {
  name: "second_upsert",
  title: "a second upsert changes nothing",
  why: "What rewrites rows for nothing makes all who read changes read everything.",
  async find(stage) {
    if (!CHANGES_ROWS.has(stage.subject.planned.action.type)) return "passed";
    const tried = await stage.plausible();
    if (!tried || tried.outcome.refused) return tried ? "not run" : "not exercised";
    const { changes = {} } = tried.outcome;
    if (changed(changes) === 0) return "passed";
    const { span, what } = suspected(stage.subject, "chance");
    const because = what === undefined ? "" : `; there is ${what}`;
    const { inserted = 0, updated = 0, deleted = 0 } = changes;
    const counts = [
      inserted > 0 && "inserts rows",
      updated > 0 && "updates rows",
      deleted > 0 && "deletes rows",
    ].filter(Boolean);
    return {
      diagnostic: () =>
        upsertNeverRests({
          message: `a second run on the same rows still ${counts.join(" and ")}${because}`,
          span,
          transform: stage.subject.planned.id,
        }),
      witness: {
        rows: tried.rows,
        shows: async (tries: Tries) => changed((await tries.twice()).changes ?? {}) > 0,
      },
    };
  },
};

/** Upserts, and what only adds rows that were not there. */
const CHANGES_ROWS: ReadonlySet<string> = new Set(["merge_rows", "append_rows"]);

const changed = ({ inserted = 0, updated = 0, deleted = 0 }: RowCounts): number => inserted + updated + deleted;
