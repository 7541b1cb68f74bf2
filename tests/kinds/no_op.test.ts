/** no_op: an output made elsewhere has to be there as declared. */
import { expect, test } from "vitest";
import { problems, warehouse } from "../support/warehouse.ts";

const yaml = (kind: string, more = "") => `kind: no_op
output:
  ${kind}: lab.t
  columns: [{name: id, type: int}, {name: name, type: "varchar(10)"}]
${more}`;

test("missing, something else, other columns, too few rows; then it is right", async () => {
  const w = await warehouse(18, { "t.yaml": yaml("table") });
  const told = async () => problems(await w.run());
  expect(await told()).toEqual(["p.t CTF529 table lab.t does not exist in the warehouse"]);
  await w.client.query("CREATE VIEW lab.t AS SELECT 1 AS id, 'x'::varchar(10) AS name");
  expect(await told()).toEqual(["p.t CTF529 table lab.t is a view in the warehouse"]);
  w.write({ "t.yaml": yaml("view") });
  await w.publish();
  await w.client.query("DROP VIEW lab.t; CREATE TABLE lab.t (id bigint, more text)");
  w.write({ "t.yaml": yaml("table") });
  expect(await told()).toEqual([
    expect.stringContaining(
      "name is missing (declared varchar(10)); more is not declared; id is bigint, declared integer",
    ),
  ]);
  await w.client.query("DROP TABLE lab.t; CREATE TABLE lab.t (id int, name varchar(10)) PARTITION BY LIST (id)");
  await w.publish();
  w.write({ "t.yaml": yaml("table", "monitors:\n  - {row_count: {min: 1}}\n") });
  expect(await told()).toEqual([expect.stringContaining("CTF524 lab.t: 0 rows, fewer than the 1 of row_count.min")]);
  await w.client.query("CREATE TABLE lab.one PARTITION OF lab.t DEFAULT; INSERT INTO lab.t VALUES (1, 'x')");
  await w.publish();
  // Nothing of it is CTF's: `ctf prune` will not find it.
  expect(await w.rows("SELECT * FROM ctf.output")).toEqual([]);
});
