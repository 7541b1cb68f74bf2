import type { StructuralCheck, Tries } from "./check.ts";
import { notTheSameTwice } from "../codes.ts";
import { differingColumns } from "../trying/same_rows.ts";
import { suspected } from "../finding/suspected.ts";

export const sameTwice: StructuralCheck = {
  name: "same_twice",
  title: "twice in a row gives the same",
  why: "Runs are tried again, and nobody should see from the result how often.",
  async find(stage) {
    const tried = await stage.plausible();
    if (!tried || tried.outcome.refused?.by === "query") return tried ? "not run" : "not exercised";
    const { outputs = [], again } = tried.outcome;
    const differs = again && differingColumns(outputs, again);
    if (!differs) return "passed";
    const { span, what } = suspected(stage.subject, "chance");
    const because = what === undefined ? "" : `; there is ${what}`;
    return {
      diagnostic: () =>
        notTheSameTwice({
          message: `a second run on the same rows gives another ${differs.join(", ")}${because}`,
          span,
          transform: stage.subject.planned.id,
        }),
      witness: {
        rows: tried.rows,
        shows: async (tries: Tries) => {
          const { outputs, again } = await tries.twice();
          return outputs !== undefined && again !== undefined && differingColumns(outputs, again) !== undefined;
        },
      },
    };
  },
};
