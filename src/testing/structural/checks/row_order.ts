import type { StructuralCheck, Tries } from "./check.ts";
import { dependsOnOrder } from "../codes.ts";
import type { Outcome, OutputRows } from "../trying/outcome.ts";
import { differingColumns } from "../trying/same_rows.ts";
import { suspected } from "../finding/suspected.ts";

export const rowOrder: StructuralCheck = {
  name: "row_order",
  title: "the order of input rows does not change the result",
  why: "A table has no order: what depends on it changes by itself one day.",
  async find(stage) {
    const tried = await stage.plausible();
    if (!tried || tried.outcome.refused?.by === "query") return tried ? "not run" : "not exercised";
    const { outputs, again } = tried.outcome;
    // What is another each time says nothing of the order.
    if (outputs && again && differingColumns(outputs, again)) return "not run";
    const differs = outputs && (await firstDifference(outputs, stage.otherOrders()));
    if (!differs) return "passed";
    const { span, what } = suspected(stage.subject, "order");
    const because = what === undefined ? "" : `; there is ${what}`;
    return {
      diagnostic: () =>
        dependsOnOrder({
          message: `the same rows in another order give another ${differs.join(", ")}${because}`,
          span,
          transform: stage.subject.planned.id,
        }),
      witness: {
        rows: tried.rows,
        shows: async (tries: Tries) => {
          const { outputs } = await tries.once();
          return outputs !== undefined && (await firstDifference(outputs, tries.otherOrders())) !== undefined;
        },
        expects: async (tries: Tries) => (await tries.once()).outputs,
      },
    };
  },
};

async function firstDifference(
  outputs: readonly OutputRows[],
  others: AsyncGenerator<Outcome>,
): Promise<readonly string[] | undefined> {
  for await (const other of others) {
    const differs = other.outputs && differingColumns(outputs, other.outputs);
    if (differs) return differs;
  }
  return undefined;
}
