import { nullInColumn } from "../../../warehouse/build/codes.ts";
import type { StructuralCheck } from "./check.ts";
import type { Refusal } from "../trying/outcome.ts";
import { refusedAlike, toldExtreme, toldRefusal } from "../trying/refused.ts";

export const unusualInputs: StructuralCheck = {
  name: "unusual_inputs",
  title: "it runs on NULLs, empty texts, leap days and other alphabets",
  why: "Columns that are not declared otherwise hold such values sooner or later.",
  async find(stage) {
    // What fails on ordinary rows fails on these, too.
    if ((await stage.plausible())?.outcome.refused) return "not run";
    const tried = await stage.edge();
    if (!tried) return "not exercised";
    const { refused } = tried.outcome;
    if (!refused) return "passed";
    const told = isForAuthor(refused) ? toldExtreme : toldRefusal;
    return { diagnostic: told(refused, "on unusual rows", stage.subject), ...refusedAlike(tried.rows, refused) };
  },
};

const NOT_NULL = "23502";

/** A text that is no number, or a check that says more than the inputs do. A NULL where none may be is a fault of its own. */
const isForAuthor = ({ by, state = "", diagnostics }: Refusal): boolean =>
  by === "rule" ? state !== NOT_NULL && diagnostics[0]?.code !== nullInColumn.code : state.startsWith("22");
