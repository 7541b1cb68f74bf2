import { failsOnRows } from "../../codes.ts";
import { lossOf } from "../loss.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "./check.ts";

export const wholeRows: LoadCheck = {
  name: "whole_rows",
  title: "it loads every row that its output allows",
  why: "What is rejected is missing in everything that is made from it.",
  async find(stage) {
    const whole = await stage.whole();
    if (!whole) return "not exercised";
    const loss = await lossOf(stage, "plausible", whole.rows, whole.first);
    if (!loss) return "passed";
    return {
      ...toldLoad(stage, failsOnRows, `on generated rows: ${loss.message}`),
      witness: { sort: "plausible", loss },
    };
  },
};
