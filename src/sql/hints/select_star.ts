import { defineCode } from "../../diagnostics/diagnostic.ts";
import { exampleOf, type Hint } from "./hint.ts";

const BAD = "WITH paid AS (SELECT * FROM h.claims WHERE status = 'paid') SELECT * FROM paid";
const GOOD = "WITH paid AS (SELECT claim_id, paid FROM h.claims WHERE status = 'paid') SELECT * FROM paid";

const code = defineCode({
  code: "CTF333",
  name: "select-star",
  severity: "warning",
  what: "A star carries the columns of an input into the output.",
  why: "A column that somebody adds to the input changes this output too, and with it everything that is made from it.",
  todo: "Name the columns. A star over a WITH query that names them is fine.",
  bad: exampleOf(BAD),
  good: exampleOf(GOOD),
});

export const selectStar: Hint = {
  code,
  bad: BAD,
  good: GOOD,
  find: ({ relation }) =>
    [...new Set(relation.columns.flatMap(({ byStar }) => byStar ?? []))].map((offset) => ({
      offset,
      message: "this star makes the output's columns whatever the input's are",
      hint: "name the columns that the output is to have",
    })),
};
