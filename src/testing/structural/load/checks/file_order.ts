import { dependsOnOrder } from "../../codes.ts";
import { differingColumns } from "../../trying/same_rows.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "./check.ts";

export const fileOrder: LoadCheck = {
  name: "file_order",
  title: "the order of rows and of files does not change the result",
  why: "Suppliers sort their files as they like, and a name decides on which file comes first.",
  async find(stage) {
    const whole = await stage.whole();
    if (!whole) return "not exercised";
    const { rows, first } = whole;
    if (first.refused) return "not run";
    const half = Math.ceil(rows.length / 2);
    const [front, back] = [rows.slice(0, half), rows.slice(half)];
    const isInTwo = await stage.takesTwoFiles();
    for (const files of isInTwo
      ? [
          [front.toReversed(), back],
          [back, front],
        ]
      : [[rows.toReversed()]]) {
      const what = files.length > 1 ? "in two files" : "in another order";
      const { refused, outputs } = await stage.load(...files);
      if (refused) return toldLoad(stage, dependsOnOrder, `the same rows ${what}: ${refused[0]!.message}`);
      const differs = differingColumns(first.outputs, outputs);
      if (differs) return toldLoad(stage, dependsOnOrder, `the same rows ${what} give another ${differs.join(", ")}`);
    }
    return "passed";
  },
};
