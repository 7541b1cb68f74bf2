import type { StructuralCheck } from "./check.ts";
import { CANCELLED, refusedAlike, toldExtreme } from "../trying/refused.ts";

export const extremeInputs: StructuralCheck = {
  name: "extreme_inputs",
  title: "it runs on zeros and on the ends of what the types hold",
  why: "An overflow or a division by zero stops the whole run for the sake of one row.",
  async find(stage) {
    if ((await stage.plausible())?.outcome.refused) return "not run";
    const tried = await stage.extreme();
    if (!tried) return "not exercised";
    const { refused } = tried.outcome;
    // That rows break the output's rules is no matter of extremes.
    if (!refused || refused.by !== "query") return "passed";
    // A result too large to wait for, or a busy machine: nobody can say which.
    if (refused.state === CANCELLED) return "not exercised";
    const diagnostic = toldExtreme(refused, "on extreme rows", stage.subject);
    return { diagnostic, ...refusedAlike(tried.rows, refused, true) };
  },
};
