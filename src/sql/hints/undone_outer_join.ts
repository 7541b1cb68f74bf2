import { defineCode } from "../../diagnostics/diagnostic.ts";
import { exampleOf, type Hint } from "./hint.ts";

const BAD =
  "SELECT m.member_id, c.paid FROM h.members m LEFT JOIN h.claims c USING (member_id) WHERE c.status = 'paid'";
const GOOD =
  "SELECT m.member_id, c.paid FROM h.members m LEFT JOIN h.claims c ON c.member_id = m.member_id AND c.status = 'paid'";

const code = defineCode({
  code: "CTF334",
  name: "undone-outer-join",
  severity: "warning",
  what: "A condition in WHERE throws away the very rows that an outer join has kept.",
  why: "In those rows the other table's columns are NULL, and no comparison with NULL is true. It works like a plain JOIN.",
  todo: "Move the condition into the join's ON, or write a plain JOIN if that is what is meant.",
  bad: exampleOf(BAD),
  good: exampleOf(GOOD),
});

export const undoneOuterJoin: Hint = {
  code,
  bad: BAD,
  good: GOOD,
  find: ({ analysis }) =>
    analysis.undoneJoins.map(({ offset, column, alias }) => ({
      offset,
      message: `this undoes the outer join of "${alias}": where it has no row, "${column}" is NULL and the condition not true`,
      hint: `move the condition into ON, or write JOIN`,
    })),
};
