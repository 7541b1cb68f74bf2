import { failsOnRows } from "../../codes.ts";
import type { Sort } from "../load_stage.ts";
import { lossOf } from "../loss.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "./check.ts";

const SORTS: readonly Sort[] = ["unusual", "extreme"];

export const unusualValues: LoadCheck = {
  name: "unusual_values",
  title:
    "it loads empty texts, other alphabets, delimiters and quotes within values, and the ends of what the types hold",
  why: "One such value in a million rows must not shift the others, or become something else.",
  async find(stage) {
    const whole = await stage.whole();
    // What is lost of ordinary rows is lost of these, too.
    if (whole && (await lossOf(stage, "plausible", whole.rows, whole.first))) return "not run";
    let isTried = false;
    for (const sort of SORTS) {
      const made = await stage.rows(sort);
      if (!made || made.rows.length === 0) continue;
      isTried = true;
      const loss = await lossOf(stage, sort, made.rows);
      if (!loss) continue;
      return { ...toldLoad(stage, failsOnRows, `on ${sort} rows: ${loss.message}`), witness: { sort, loss } };
    }
    return isTried ? "passed" : "not exercised";
  },
};
