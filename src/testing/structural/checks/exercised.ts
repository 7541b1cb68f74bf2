import type { StructuralCheck } from "./check.ts";
import { notExercised } from "../codes.ts";
import { countRows } from "../trying/stage.ts";

export const exercised: StructuralCheck = {
  name: "exercised",
  title: "generated rows come through",
  why: "A transform that gives no row passes every other check.",
  async find(stage) {
    const { planned, inputs, readsFiles } = stage.subject;
    const tried = await stage.plausible();
    // What its output's rules refused may still be there to be counted.
    if (tried?.outcome.refused && !tried.outcome.outputs) return "not run";
    const makesRows =
      planned.action.type !== "run_statements" || planned.action.outputs.some(({ type }) => type === "table");
    const readsRows = inputs.length > 0 || readsFiles;
    if (!makesRows || !readsRows || (tried && countRows(tried.outcome) > 0)) return "passed";
    const message = tried
      ? "none of the generated rows comes through its joins and filters, so other checks say little"
      : `no rows could be made up for its inputs${stage.reason === undefined ? "" : ` (${stage.reason})`}, so other checks say little`;
    return { diagnostic: () => notExercised({ message, span: { file: planned.file }, transform: planned.id }) };
  },
};
