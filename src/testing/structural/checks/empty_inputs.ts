import type { StructuralCheck } from "./check.ts";
import { toldRefusal } from "../trying/refused.ts";

export const emptyInputs: StructuralCheck = {
  name: "empty_inputs",
  title: "it runs on empty inputs",
  why: "On the first day, and whenever something before it went wrong, its inputs have no rows.",
  async find(stage) {
    const { refused } = await stage.empty();
    if (refused?.by === "declaration") return "not run";
    if (!refused) return "passed";
    return {
      diagnostic: toldRefusal(refused, "on empty inputs", stage.subject),
      witness: { rows: [], shows: async () => true },
    };
  },
};
