/** Rows of outputs: those before the run, and those that are expected of it. */
import { plannedRows } from "../../kinds/planned_rows.ts";
import type { MapNode, Node } from "../../project/places.ts";
import type { Path } from "../../project/problem.ts";
import { tableText } from "../../project/types.ts";
import { suggestion } from "../../project/values.ts";
import { impossibleTest, unknownInTest } from "../codes.ts";
import { relationOf } from "../file_output.ts";
import type { ExpectedTable, GivenRelation, GivenTable, Subject, WrittenRows } from "../types.ts";
import { onlyRelation } from "./names.ts";
import { isCsv, rowsIn } from "./rows_in.ts";
import { childOf, type TestFile } from "./test_file.ts";
import { transformsOf } from "../transforms_of.ts";

/** Rows of the outputs before the run: of the only one, or by name. */
export function readBefore(
  file: TestFile,
  node: Node | undefined,
  subject: Subject,
  path: Path,
): readonly GivenTable[] {
  return tablesIn(file, node, subject, path).flatMap(({ relation, ...rows }) =>
    relation ? [{ relation, ...rows }] : [],
  );
}

export function readExpected(file: TestFile, node: MapNode, subject: Subject, path: Path): readonly ExpectedTable[] {
  const tables = tablesIn(file, childOf(node, "expect"), subject, [...path, "expect"]).map(
    ({ relation, ...rows }): ExpectedTable => ({ ...(relation && { table: relation, relation }), ...rows }),
  );
  const rejects = childOf(node, "expect_rejects");
  for (const table of tables) refuseUneven(file, table);
  if (!rejects) return tables;
  const table = subject.type === "transform" ? plannedRows(subject.transform, file.project)?.rejects : undefined;
  if (!table) {
    const message = "only what loads files or flattens documents has rejects";
    file.tell({ code: impossibleTest, path: [...path, "expect_rejects"], at: "key", message });
    return tables;
  }
  const rows = rowsIn(file, rejects, [...path, "expect_rejects"]);
  if (!rows) return tables;
  return [...tables, { table, ...rows }];
}

/** Which columns are compared is the same for all rows: one that is left out would match everything. */
function refuseUneven(file: TestFile, { rows, at }: WrittenRows): void {
  const columns = Object.keys(rows[0]?.values ?? {});
  rows.forEach(({ values }, n) => {
    const lacks = columns.find((column) => !(column in values));
    const adds = Object.keys(values).find((column) => !columns.includes(column));
    if (lacks === undefined && adds === undefined) return;
    const message = lacks === undefined ? `the first row does not name ${adds}` : `this row does not name ${lacks}`;
    const hint = "Name the same columns in every row: these are compared. NULL is written ~.";
    file.problems.push(impossibleTest({ message, span: at(n, adds), hint }));
  });
}

/** Rows of the subject's outputs; without a relation for a piece of SQL. */
function tablesIn(
  file: TestFile,
  node: Node | undefined,
  subject: Subject,
  path: Path,
): readonly (WrittenRows & { readonly relation?: GivenRelation })[] {
  if (!node) return [];
  const several = node.type === "map" && !isCsv(node);
  if (subject.type === "piece") {
    const rows = rowsIn(file, node, path);
    return rows ? [rows] : [];
  }
  const outputs = transformsOf(subject).flatMap((t) => t.outputs);
  const relations = outputs.flatMap((output) => relationOf(output) ?? []);
  if (!several) {
    const relation = subject.type === "transform" ? onlyRelation(subject.transform) : undefined;
    if (!relation) {
      const message = `it must say of which table: ${relations.map(tableText).join(", ") || "there is none"}`;
      file.tell({ code: impossibleTest, path, at: "key", message, hint: "Write {schema.table: [rows], …}." });
      return [];
    }
    const rows = rowsIn(file, node, path, relation);
    return rows ? [{ relation, ...rows }] : [];
  }
  return node.pairs.flatMap(({ key, value }) => {
    if (key.type !== "scalar") return [];
    const at = [...path, key.text];
    const named = file.names.find(key.text, file.pipeline);
    const relation = named?.type === "relation" && relations.find((one) => one === named.relation);
    if (!relation) {
      const message = `${key.text} is no output of what is tested`;
      file.tell({
        code: unknownInTest,
        path: at,
        at: "key",
        message,
        ...suggestion(key.text, relations.map(tableText)),
      });
      return [];
    }
    const rows = rowsIn(file, value, at, relation);
    return rows ? [{ relation, ...rows }] : [];
  });
}
