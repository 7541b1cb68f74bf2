/** Slips of form that people make most, told in words of what they meant: a row in the place of rows, a missing dash. */
import { wrongType } from "../../project/definition_codes.ts";
import type { Path, Problem } from "../../project/problem.ts";
import { isMapping } from "../../project/words.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** All of them in a file of tests, as it was parsed. What is right, or wrong in another way, has none. */
export function slipsIn(value: unknown): readonly Problem[] {
  if (Array.isArray(value)) {
    return [
      slip(
        [],
        "the file must be keys with values, and this is a list",
        'Begin the file with "tests:", and indent the list below it.',
      ),
    ];
  }
  const tests = isMapping(value) ? value["tests"] : undefined;
  if (isMapping(tests)) {
    return [
      slip(
        ["tests"],
        '"tests" must be a list, and this is one test',
        'Write "- " before its first line, and indent the others.',
      ),
    ];
  }
  if (!Array.isArray(tests)) return [];
  return tests.flatMap((test: unknown, n) => (isMapping(test) ? slipsOfTest(test, ["tests", n]) : []));
}

function slipsOfTest(test: Mapping, path: Path): readonly Problem[] {
  const { given, before, expect, expect_rejects: rejects, expect_error: error } = test;
  return [
    ...givenSlips(given, [...path, "given"]),
    ...tablesSlips(before, [...path, "before"]),
    ...tablesSlips(expect, [...path, "expect"]),
    ...(isRow(rejects) ? [oneRow(rejects, [...path, "expect_rejects"])] : []),
    ...(typeof error === "string"
      ? [
          slip(
            [...path, "expect_error"],
            `"expect_error" must say what is expected by keys`,
            `Write expect_error: {${error.startsWith("CTF") ? "code" : "like"}: ${error}}.`,
          ),
        ]
      : []),
  ];
}

function givenSlips(given: unknown, path: Path): readonly Problem[] {
  if (Array.isArray(given)) {
    return [
      slip(
        path,
        '"given" must name the tables, each with its rows',
        'Leave out "- " before the tables: given: {table: [{column: value}]}.',
      ),
    ];
  }
  if (!isMapping(given)) return [];
  const keys = ["csv", "file", "text", "path", "rows"];
  return Object.entries(given).flatMap(([name, rows]) =>
    isRow(rows) && !Object.keys(rows).some((key) => keys.includes(key)) ? [oneRow(rows, [...path, name])] : [],
  );
}

/** Of `before` and `expect`: rows, or tables with rows. */
function tablesSlips(tables: unknown, path: Path): readonly Problem[] {
  if (isScalar(tables)) return [noRows(path)];
  if (!isRow(tables) || "csv" in tables) return [];
  const scalars = Object.keys(tables).filter((name) => isScalar(tables[name]));
  // Columns have no schema.
  if (scalars.length > 0 && !scalars.some((name) => name.includes("."))) return [oneRow(tables, path)];
  return Object.entries(tables).flatMap(([name, rows]) => {
    if (isScalar(rows)) return [noRows([...path, name])];
    return isRow(rows) && !("csv" in rows) ? [oneRow(rows, [...path, name])] : [];
  });
}

const isScalar = (value: unknown): boolean => value !== null && value !== undefined && typeof value !== "object";
/** What is not there at all is told as that. */
const isRow = (value: unknown): value is Mapping => isMapping(value) && Object.keys(value).length > 0;

const noRows = (path: Path): Problem =>
  slip(
    path,
    `"${String(path.at(-1))}" must be a list of rows`,
    'Write "- {column: value}" for each row, or [] for none.',
  );

const oneRow = (row: Mapping, path: Path): Problem =>
  slip(
    path,
    `"${String(path.at(-1))}" must be a list of rows, and this is one row`,
    `Write "- " before it, or brackets around it: [{${Object.keys(row)[0]}: …}].`,
  );

const slip = (path: Path, message: string, hint: string): Problem => ({ code: wrongType, path, message, hint });
