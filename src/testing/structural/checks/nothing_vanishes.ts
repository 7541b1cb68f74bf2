import type { StructuralCheck } from "./check.ts";
import { answersVanish } from "../codes.ts";
import { documentsOf } from "../flatten/documents.ts";
import { countRows } from "../trying/stage.ts";

export const nothingVanishes: StructuralCheck = {
  name: "nothing_vanishes",
  title: "every answer is a row, a reject, or left out by the definition",
  why: "What a document says and no table holds is missed by nobody.",
  async find(stage) {
    const { planned } = stage.subject;
    if (!documentsOf(planned.action)) return "passed";
    const tried = await stage.plausible();
    if (!tried || tried.outcome.refused) return tried ? "not run" : "not exercised";
    const { read = 0, rejected = 0, ignored = 0 } = tried.outcome.counts ?? {};
    const there = countRows(tried.outcome);
    if (read === there + rejected + ignored) return "passed";
    const message = `of ${read} answers in generated documents ${there} are rows, ${rejected} rejects and ${ignored} ignored`;
    return { diagnostic: () => answersVanish({ message, span: { file: planned.file }, transform: planned.id }) };
  },
};
