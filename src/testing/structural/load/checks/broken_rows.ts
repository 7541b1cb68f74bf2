import { failsOnRows } from "../../codes.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "./check.ts";

export const brokenRows: LoadCheck = {
  name: "broken_rows",
  title: "broken rows are rejected, all others are loaded, and their keys hold",
  why: "One bad line of a supplier must neither get into the table nor keep the good ones out, where max_rejects allows it.",
  async find(stage) {
    const made = await stage.whole();
    if (!made) return "not exercised";
    // What keeps whole rows out is told of these.
    if (made.first.refused) return "not run";
    const { refused, counts, outputs, broken } = await stage.loadBroken(made.rows);
    if (refused) return toldLoad(stage, failsOnRows, `on broken rows: ${refused[0]!.message}`);
    const whole = made.rows.length;
    const { read, rejected } = counts;
    const there = outputs[0]!.rows.length;
    if (read === whole + broken && rejected === broken && there === whole) return "passed";
    const message = `of a file with ${whole} whole and ${broken} broken rows, ${read} were read, ${rejected} rejected, and ${there} are in the table`;
    return toldLoad(stage, failsOnRows, message);
  },
};
