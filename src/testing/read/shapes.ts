/** Slips of form that people make most, told in words of what they meant: a row in the place of rows, a missing dash. */
import { wrongType } from "../../project/codes/definition_codes.ts";
import type { Path, Problem } from "../../project/problem.ts";
import { isMapping } from "../../project/words.ts";
import { looksLikeCall } from "./calls.ts";
import { ERROR_CODE } from "./syntax.ts";

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
    ...(isScalar(error) ? [noKeys([...path, "expect_error"], "expect_error", error)] : []),
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
  if (isMapping(tables["error"] ?? tables["expect_error"])) {
    const hint =
      'Of the transform: expect_error: {…} beside given. Of a call: expect: {"schema.function(1)": {error: {…}}}.';
    return [slip(path, "it does not say whose error that is", hint)];
  }
  const scalars = Object.keys(tables).filter((name) => isScalar(tables[name]));
  // Columns have no schema.
  if (scalars.length > 0 && !scalars.some((name) => name.includes("."))) return [oneRow(tables, path)];
  return Object.entries(tables).flatMap(([name, rows]) => {
    if (isScalar(rows)) return [noRows([...path, name])];
    if (!isRow(rows) || "csv" in rows) return [];
    if (looksLikeCall(name)) return callSlips(rows, [...path, name]);
    return isMapping(rows["error"]) ? [] : [oneRow(rows, [...path, name])];
  });
}

/** Of a call that must fail. */
function callSlips(rows: Mapping, path: Path): readonly Problem[] {
  const [key] = Object.keys(rows);
  if (key !== "error" && key !== "expect_error") return [oneRow(rows, path)];
  const error = rows[key];
  if (key !== "error" || !isMapping(error)) return [noKeys(path, "error", error)];
  const isRight = Object.entries(error).every(([of, text]) => (of === "code" ? isCode(text) : of === "like"));
  return isRight ? [] : [noKeys(path, "error", undefined)];
}

/** YAML makes a number of 22012, and of 01000 another one. */
const isCode = (value: unknown): boolean => typeof value === "number" || ERROR_CODE.test(String(value));

const noKeys = (path: Path, key: string, words: unknown): Problem => {
  const message = `an error is expected by its code, as CTF512 or as the SQLSTATE 22012, or by what its message has`;
  if (!isScalar(words)) return slip(path, message, `Write ${key}: {code: …, like: …}, or one of them.`);
  const text = String(words);
  const of = /\d/.test(text) && ERROR_CODE.test(text) ? "code" : "like";
  return slip(path, message, `Write ${key}: {${of}: ${text}}.`);
};

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
