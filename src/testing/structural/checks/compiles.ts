import type { StructuralCheck } from "./check.ts";

export const compiles: StructuralCheck = {
  name: "compiles",
  title: "it compiles",
  why: "SQL that PostgreSQL does not take can't run on any rows.",
  async find(stage) {
    const { refused } = await stage.compiled();
    const { id } = stage.subject.planned;
    return refused.length === 0 ? "passed" : { diagnostic: () => ({ ...refused[0]!, transform: id }) };
  },
};
