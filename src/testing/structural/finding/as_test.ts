/** The smallest rows that show a finding, as a test in YAML: an item of `tests:`. */
import { tableText } from "../../../project/types.ts";
import { itemText } from "../../judge/row_text.ts";
import type { OutputRows } from "../trying/outcome.ts";
import { namedTables, type Smallest } from "./shrink.ts";
import type { StructuralSubject } from "../subject.ts";

interface Parts {
  readonly name: string;
  readonly rows: Smallest;
  /** Absent: only its author knows what should come out. */
  readonly expects?: readonly OutputRows[];
  /** The code with which a run refuses the rows. */
  readonly refusedWith?: string;
  /** Set where the SQL reads the clock. */
  readonly now?: string;
}

export function asTest(
  { facts, planned }: StructuralSubject,
  { name, rows, expects, refusedWith, now }: Parts,
): string {
  const tables = namedTables(rows, facts);
  const given = tables.flatMap((text) => {
    const some = rows.get(text) ?? [];
    if (some.length === 0) return [`    ${text}: []`];
    return [`    ${text}:`, ...some.map((row) => `      - ${itemText(Object.keys(row), Object.values(row))}`)];
  });
  return [
    `- name: ${name}`,
    ...(now === undefined ? [] : [`  now: ${now}`]),
    ...(given.length > 0 ? ["  given:", ...given] : ["  given: {}"]),
    // A file's rows were compared as its lines.
    ...expectation(outputsOf(planned), planned.action.type === "write_file" ? undefined : expects, refusedWith),
    "",
  ].join("\n");
}

function expectation(
  outputs: readonly string[],
  expects: readonly OutputRows[] | undefined,
  refusedWith: string | undefined,
): readonly string[] {
  const other = refusedWith === undefined ? "" : `, or expect_error: {code: ${refusedWith}}`;
  const note = expects ? "" : `  # what should come out${other}`;
  const rowsOf = (table: string, indent: string): readonly string[] => {
    const found = expects?.find((one) => one.table === table);
    const items =
      found?.rows.map(
        (row) =>
          `${indent}- ${itemText(
            found.columns.map(({ name }) => name),
            row,
          )}`,
      ) ?? [];
    return items;
  };
  if (outputs.length === 1) {
    const items = rowsOf(outputs[0]!, "    ");
    return items.length > 0 ? ["  expect:", ...items] : [`  expect: []${note}`];
  }
  return [
    `  expect:${note}`,
    ...outputs.flatMap((table) => {
      const items = rowsOf(table, "      ");
      return items.length > 0 ? [`    ${table}:`, ...items] : [`    ${table}: []`];
    }),
  ];
}

function outputsOf({ action }: StructuralSubject["planned"]): readonly string[] {
  if (action.type === "run_statements") {
    return action.outputs.flatMap((output) =>
      output.type === "table" || output.type === "view" ? [tableText(output)] : [],
    );
  }
  if (!("output" in action)) return [];
  return [action.output.type === "file" ? action.output.path : tableText(action.output)];
}
