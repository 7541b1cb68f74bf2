import { defineCode } from "../../diagnostics/diagnostic.ts";
import { exampleOf, type Hint } from "./hint.ts";

const BAD = "SELECT m.member_id FROM h.members m WHERE m.member_id NOT IN (SELECT c.member_id FROM h.claims c)";
const GOOD =
  "SELECT m.member_id FROM h.members m WHERE NOT EXISTS (SELECT FROM h.claims c WHERE c.member_id = m.member_id)";

const code = defineCode({
  code: "CTF331",
  name: "not-in-nullable",
  severity: "warning",
  what: "NOT IN looks in a column that can hold NULL.",
  why: "One NULL in it, and NOT IN is true of no row at all: the result is empty, without an error.",
  todo: "Use NOT EXISTS, or leave the NULLs out with `WHERE the_column IS NOT NULL`.",
  bad: exampleOf(BAD),
  good: exampleOf(GOOD),
});

export const notInNullable: Hint = {
  code,
  bad: BAD,
  good: GOOD,
  find: ({ analysis }) =>
    analysis.notIns.flatMap(({ offset, columns }) => {
      const nullable = columns.find(({ notNull }) => notNull === false);
      if (!nullable) return [];
      return {
        offset,
        message: `NOT IN looks in "${nullable.name}", which can be NULL; one NULL, and no row is left`,
        hint: `use NOT EXISTS, or add \`WHERE ${nullable.name} IS NOT NULL\` to the subquery`,
      };
    }),
};
