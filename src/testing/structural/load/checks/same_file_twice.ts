import { notTheSameTwice } from "../../codes.ts";
import { differingColumns } from "../../trying/same_rows.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "./check.ts";

export const sameFileTwice: LoadCheck = {
  name: "same_file_twice",
  title: "the same file twice gives the same",
  why: "Runs are tried again, and suppliers send a file once more: no row may come twice.",
  async find(stage) {
    const whole = await stage.whole();
    if (!whole) return "not exercised";
    const { first, again } = whole;
    if (first.refused) return "not run";
    if (again.refused) return toldLoad(stage, notTheSameTwice, `the same file once more: ${again.refused[0]!.message}`);
    const differs = differingColumns(first.outputs, again.outputs);
    return differs
      ? toldLoad(stage, notTheSameTwice, `the same file once more gives another ${differs.join(", ")}`)
      : "passed";
  },
};
