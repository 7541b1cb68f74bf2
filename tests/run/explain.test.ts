import { expect, test } from "vitest";
import { withoutValues } from "../../src/warehouse/build/explain.ts";

test("a kept plan holds the query's own constants, and none that the planner worked out", () => {
  const query = "SELECT * FROM t1 WHERE kind = 'paid' AND n2 > 100 AND name = first_name()";
  const filter =
    "((kind = 'paid'::text) AND (n2 > 100) AND (name = 'O''Brien'::text) AND (id = 7654321) AND (x = $1) AND (hashed SubPlan 1))";
  const plan = [
    {
      Plan: {
        "Node Type": "Seq Scan",
        "Relation Name": "t1",
        "Plan Rows": 54321,
        Filter: filter,
        "Sort Key": ["n2", "'Smith'"],
      },
    },
  ];
  expect(withoutValues(plan, query)).toEqual([
    {
      Plan: {
        "Node Type": "Seq Scan",
        "Relation Name": "t1",
        "Plan Rows": 54321,
        Filter:
          "((kind = 'paid'::text) AND (n2 > 100) AND (name = ?::text) AND (id = ?) AND (x = $1) AND (hashed SubPlan 1))",
        "Sort Key": ["n2", "?"],
      },
    },
  ]);
});
