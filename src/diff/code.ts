/** The code beside a definition, then and now. */
import type { Transform } from "../project/types.ts";
import { sayTheSame } from "../sql/questions/fingerprint.ts";
import { withoutComments } from "./python_text.ts";
import type { Side } from "./side.ts";
import type { FoundChange } from "./types.ts";

/** The caller has awaited `loadParser()`. `touched`: files that are not the same on both sides. */
export function codeChanges(
  before: Transform,
  now: Transform,
  sides: { readonly before: Side; readonly now: Side },
  touched: ReadonlySet<string>,
): readonly FoundChange[] {
  const file = now.codeFile;
  if (before.codeFile === undefined || file === undefined) {
    return before.codeFile === file ? [] : [{ area: "logic", text: `code: ${file ?? "none"}` }];
  }
  const isPython = now.codeHolds === undefined;
  const isTouched = before.codeFile !== file || touched.has(file);
  const mayImport = isPython && [...touched].some((path) => path.endsWith(".py"));
  if (!isTouched && !mayImport) return [];
  const [then, today] = [sides.before.read(before.codeFile), sides.now.read(file)];
  const name = file.slice(file.lastIndexOf("/") + 1);
  const found: FoundChange[] = [];
  if (then !== today) {
    const same = isPython ? saySameInPython(then, today) : sayTheSame(then, today);
    found.push(same ? { area: "words", text: `comments or formatting of ${name}` } : { area: "logic", text: name });
  } else if (before.codeFile !== file) found.push({ area: "words", text: `${before.codeFile} is ${file} now` });
  if (isPython && !sameModules(sides, before.codeFile, file)) {
    found.push({ area: "logic", text: `a module that ${name} imports` });
  }
  return found;
}

function saySameInPython(one: string, other: string): boolean {
  const [bare, otherBare] = [withoutComments(one), withoutComments(other)];
  return bare !== undefined && bare === otherBare;
}

function sameModules(sides: { readonly before: Side; readonly now: Side }, before: string, now: string): boolean {
  const [then, today] = [sides.before.modules(before), sides.now.modules(now)];
  return then.length === today.length && then.every((text, i) => text === today[i] || saySameInPython(text, today[i]!));
}
