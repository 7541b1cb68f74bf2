/** Rows of outputs: those before the run, and those that are expected of it. */
import { plannedRows } from "../../kinds/planned_rows.ts";
import type { MapNode, Node } from "../../project/yaml/places.ts";
import type { Path } from "../../project/problem.ts";
import { type FunctionOutput, tableText } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { impossibleTest, unknownInTest } from "../codes.ts";
import { relationOf } from "../judge/file_output.ts";
import { transformsOf } from "../transforms_of.ts";
import type { ExpectedCall, ExpectedTable, GivenRelation, GivenTable, Subject, WrittenRows } from "../types.ts";
import { callIn, functionText, looksLikeCall } from "./calls.ts";
import { errorIn } from "./errors_in.ts";
import { onlyRelation } from "./names.ts";
import { isCsv, rowsIn } from "./rows_in.ts";
import { childOf, type TestFile } from "./test_file.ts";

/** Rows of the outputs before the run: of the only one, or by name. */
export function readBefore(
  file: TestFile,
  node: Node | undefined,
  subject: Subject,
  path: Path,
): readonly GivenTable[] {
  return tablesIn(file, node, subject, path, []).flatMap(({ relation, ...rows }) =>
    relation ? [{ relation, ...rows }] : [],
  );
}

export function readExpected(file: TestFile, node: MapNode, subject: Subject, path: Path): readonly ExpectedTable[] {
  const functions = transformsOf(subject).flatMap(({ outputs }) => outputs.filter((one) => one.type === "function"));
  const tables = tablesIn(file, childOf(node, "expect"), subject, [...path, "expect"], functions).map(
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

interface RowsOf extends WrittenRows {
  readonly relation?: GivenRelation;
  readonly call?: ExpectedCall;
}

/** Rows of the subject's outputs, and of calls of its functions; of neither for a piece of SQL. */
function tablesIn(
  file: TestFile,
  node: Node | undefined,
  subject: Subject,
  path: Path,
  functions: readonly FunctionOutput[],
): readonly RowsOf[] {
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
      const possible = [...relations.map(tableText), ...functions.map(functionText)].join(", ");
      const message = `it must say of which output: ${possible || "there is none with rows"}`;
      const hint =
        relations.length === 0 && functions.length > 0
          ? 'Write {"schema.function(1, 2)": [rows], …}: the rows that the call gives.'
          : "Write {schema.table: [rows], …}.";
      file.tell({ code: impossibleTest, path, at: "key", message, hint });
      return [];
    }
    const rows = rowsIn(file, node, path, relation);
    return rows ? [{ relation, ...rows }] : [];
  }
  return node.pairs.flatMap(({ key, value }): readonly RowsOf[] => {
    if (key.type !== "scalar") return [];
    const at = [...path, key.text];
    if (functions.length > 0 && looksLikeCall(key.text)) {
      const call = callIn(file, key.text, at, functions);
      if (call && isError(value)) return [refusedCall(file, call, value, at)];
      const rows = call && rowsIn(file, value, at);
      return rows ? [{ call, ...rows }] : [];
    }
    const named = file.names.find(key.text, file.pipeline);
    const relation = named?.type === "relation" && relations.find((one) => one === named.relation);
    if (!relation) {
      const called = functions.find((one) => tableText(one) === key.text);
      const message = `${key.text} is ${called ? "a function, which has rows only when it is called" : "no output of what is tested"}`;
      const near = called
        ? { hint: `Write a call in quotes: ${functionText(called)} with values in the place of its types.` }
        : suggestion(key.text, [...relations.map(tableText), ...functions.map(functionText)]);
      file.tell({ code: called ? impossibleTest : unknownInTest, path: at, at: "key", message, ...near });
      return [];
    }
    if (isError(value)) {
      const message = `${key.text} has rows, and no error of its own`;
      const hint = "What the transform must be refused with stands beside given: expect_error: {code: …, like: …}.";
      file.tell({ code: impossibleTest, path: at, at: "key", message, hint });
      return [];
    }
    const rows = rowsIn(file, value, at, relation);
    return rows ? [{ relation, ...rows }] : [];
  });
}

/** `{error: {code: …, like: …}}` in the place of rows. */
const isError = (node: Node): node is MapNode => node.type === "map" && childOf(node, "error") !== undefined;

function refusedCall(file: TestFile, call: ExpectedCall, node: MapNode, path: Path): RowsOf {
  const place = file.find(path, "key");
  const error = errorIn(file, childOf(node, "error")!, [...path, "error"]);
  return { call: { ...call, error }, path, rows: [], place, at: () => place };
}
