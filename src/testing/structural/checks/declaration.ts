import type { StructuralCheck } from "./check.ts";
import type { Stage } from "../trying/stage.ts";

export const declaration: StructuralCheck = {
  name: "declaration",
  title: "what it gives is what it declares",
  why: "Whoever reads its output relies on the declared columns and types, and a run refuses others.",
  async find(stage) {
    const { refused, differs } = await stage.compiled();
    if (refused.length > 0) return "not run";
    const { id } = stage.subject.planned;
    const found = differs.length > 0 ? differs : await missing(stage);
    return found.length === 0 ? "passed" : { diagnostic: () => ({ ...found[0]!, transform: id }) };
  },
};

/** Statements and functions say only when they have run what they make. */
async function missing(stage: Stage) {
  const outcomes = [await stage.empty(), (await stage.plausible())?.outcome];
  const found = outcomes.find((one) => one?.refused?.by === "declaration");
  return found?.refused?.diagnostics ?? [];
}
