/** Calls of functions, whose rows a test expects: `expect: {"claims.pmpm('A', '2018-01-01', '2018-12-31')": [...]}`. */
import type { Span } from "../../diagnostics/diagnostic.ts";
import type { Path } from "../../project/problem.ts";
import { type FunctionOutput, tableText } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { readCall } from "../../sql/questions/function_call.ts";
import { impossibleTest, unknownInTest } from "../codes.ts";
import type { ExpectedCall } from "../types.ts";
import type { TestFile } from "./test_file.ts";

/** No table is called so without quotes. */
export const looksLikeCall = (key: string): boolean => key.includes("(");

/** A comma ends a key within { }, and so may a call. */
export const isCutCall = (key: string): boolean => looksLikeCall(key) && key.lastIndexOf(")") < key.indexOf("(");

export const QUOTE_CALLS = 'Write the whole call in quotes, "schema.function(1, 2)": within { } a comma ends a name.';

/** A function as its declaration names it: `claims.pmpm(text, date, date)`. */
export const functionText = (output: FunctionOutput): string =>
  `${tableText(output)}(${output.arguments?.join(", ") ?? "…"})`;

/** The call that a key is; else what is wrong with it is told. The caller has awaited `loadParser()`. */
export function callIn(
  file: TestFile,
  text: string,
  path: Path,
  functions: readonly FunctionOutput[],
): ExpectedCall | undefined {
  const key = file.find(path, "key");
  const read = readCall(text);
  if (!read.ok) {
    const message = `${text} can't be called: ${read.message}`;
    const hint = isCutCall(text)
      ? QUOTE_CALLS
      : `Write one call of ${functions.map(functionText).join(" or ")}, in quotes.`;
    const span = placeAt(key, text, read.offset);
    file.tell({ code: impossibleTest, path, at: "key", message, hint, span });
    return undefined;
  }
  const { schema, name, arguments: count } = read.call;
  const called = schema === undefined ? name : `${schema}.${name}`;
  const same = functions.filter((output) => tableText(output) === called);
  if (same.length === 0) {
    const message = `${called} is no function that is made by what is tested`;
    const { hint } = suggestion(called, functions.map(tableText));
    file.tell({ code: unknownInTest, path, at: "key", message, ...(hint !== undefined && { hint }) });
    return undefined;
  }
  const { line, column } = placeAt(key, text, 0).start ?? { line: 1, column: 1 };
  const code = { file: key.file, text, line, column };
  // Arguments may have defaults.
  const fitting = same.filter((one) => one.arguments === undefined || one.arguments.length === count);
  return { outputs: fitting.length > 0 ? fitting : same, code };
}

/** Where an offset into a key stands, which may be in quotes. */
function placeAt(key: Span, text: string, offset: number): Span {
  const { start, end } = key;
  if (!start || !end || start.line !== end.line) return key;
  const quotes = end.column - start.column - [...text].length;
  // A key with escapes is shown from its beginning.
  if (quotes !== 0 && quotes !== 2) return key;
  const column = start.column + quotes / 2 + offset;
  return { file: key.file, start: { line: start.line, column }, end };
}
