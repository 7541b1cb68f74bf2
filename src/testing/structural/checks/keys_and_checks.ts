import type { StructuralCheck } from "./check.ts";
import { refusedAlike, toldRefusal } from "../trying/refused.ts";

export const keysAndChecks: StructuralCheck = {
  name: "keys_and_checks",
  title: "keys, NOT NULLs and checks of its output hold",
  why: "A run refuses a table that breaks them, and keeps the old one: readers see yesterday's rows.",
  async find(stage) {
    const tried = await stage.plausible();
    if (!tried) return "not exercised";
    const { refused } = tried.outcome;
    if (refused?.by === "query") return "not run";
    if (refused?.by !== "rule") return "passed";
    return {
      diagnostic: toldRefusal(refused, "on generated rows", stage.subject),
      ...refusedAlike(tried.rows, refused),
    };
  },
};
