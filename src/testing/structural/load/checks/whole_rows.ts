import { failsOnRows } from "../../codes.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "../checks.ts";

export const wholeRows: LoadCheck = {
  name: "whole_rows",
  title: "it loads every row that its output allows",
  why: "What is rejected is missing in everything that is made from it.",
  async find(stage) {
    const loads = await stage.loads();
    if (!loads) return "not exercised";
    const { whole } = loads.rows;
    const { refused, outputs } = loads.whole;
    if (refused) return toldLoad(stage, failsOnRows, `on generated rows: ${refused[0]!.message}`);
    const loaded = outputs[0]!.rows.length;
    if (loaded === whole) return "passed";
    return toldLoad(stage, failsOnRows, `on generated rows: of ${whole} rows ${loaded} are in the table`);
  },
};
