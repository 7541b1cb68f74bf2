import type { StructuralCheck } from "./check.ts";
import { refusedAlike, toldRefusal } from "../trying/refused.ts";

export const generatedInputs: StructuralCheck = {
  name: "generated_inputs",
  title: "it runs on generated inputs",
  why: "Rows that its inputs declare to be possible must not make it fail.",
  async find(stage) {
    const tried = await stage.plausible();
    if (!tried) return "not exercised";
    const { refused } = tried.outcome;
    if (refused?.by !== "query") return "passed";
    return {
      diagnostic: toldRefusal(refused, "on generated rows", stage.subject),
      ...refusedAlike(tried.rows, refused),
    };
  },
};
