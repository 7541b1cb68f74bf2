import { failsOnRows } from "../../codes.ts";
import { toldLoad } from "../told.ts";
import type { LoadCheck } from "./check.ts";

export const emptyFile: LoadCheck = {
  name: "empty_file",
  title: "it loads a file without rows",
  why: "A day on which nothing happened must not stop the run.",
  async find(stage) {
    if (!(await stage.known())) return "not exercised";
    const { refused } = await stage.loadEmpty();
    return refused ? toldLoad(stage, failsOnRows, `a file without rows: ${refused[0]!.message}`) : "passed";
  },
};
