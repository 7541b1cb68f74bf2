/** One file of tests → its tests, or everything that is wrong in it. */
import { posix } from "node:path";
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import { unknownKey } from "../../project/codes/definition_codes.ts";
import { defined, type Interpreted } from "../../project/definitions.ts";
import { explain } from "../../project/read/explain.ts";
import { isBytes, readBytes, textOf } from "../../project/files.ts";
import { type MapNode, type Node, nodesOf, type Places, placesIn } from "../../project/yaml/places.ts";
import { type Path, type Problem, toDiagnostic } from "../../project/problem.ts";
import { readFile } from "../../project/read/file.ts";
import type { Project } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { fitsVariable } from "../../project/variables.ts";
import { isMapping } from "../../project/words.ts";
import { isFault, parseEventsOf } from "../../project/yaml/yaml.ts";
import { loadParser } from "../../sql/parser.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import { badTestValue, impossibleTest, unknownInTest } from "../codes.ts";
import type { TestCase } from "../types.ts";
import { hasSources, transformsOf } from "../transforms_of.ts";
import { isCutCall, looksLikeCall, QUOTE_CALLS } from "./calls.ts";
import { errorIn } from "./errors_in.ts";
import { readGiven } from "./inputs.ts";
import type { TestNames } from "./names.ts";
import { readBefore, readExpected } from "./outputs.ts";
import { slipsIn } from "./shapes.ts";
import { subjectOf } from "./subject.ts";
import { type RawTest, test as testSyntax, testFile as fileSyntax } from "./syntax.ts";
import { childOf, type Factories, type TestFile } from "./test_file.ts";

export interface ReadTests {
  readonly tests: readonly TestCase[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `file`: from the project's root, in its pipeline's folder. Tests with a problem are left out. */
export async function readTests(
  project: Project,
  names: TestNames,
  factories: Factories,
  file: string,
): Promise<ReadTests> {
  const bytes = readBytes(project.root, file);
  if (!isBytes(bytes)) return { tests: [], diagnostics: [bytes] };
  const text = textOf(bytes, file);
  if (typeof text !== "string") return { tests: [], diagnostics: [text] };
  const { definition, diagnostics } = readFile<ReadShape>({ file, text, interpret });
  const events = parseEventsOf(text);
  const root = isFault(events) ? undefined : nodesOf(text, events);
  if (!definition || root?.type !== "map") return { tests: [], diagnostics };
  if (definition.tests.some((raw) => raw && expectsCall(raw))) await loadParser();
  let places: Places | undefined;
  const find = (path: Path, at?: "key" | "value"): Span => ({
    file,
    ...(places ??= placesIn(text)).find({ path, ...(at && { at }) }),
  });
  const problems: Diagnostic[] = [];
  const tell = (problem: Problem): void => {
    problems.push(toDiagnostic({ file, problem }, (_, { path, at }) => find(path, at)));
  };
  const pipeline = posix.basename(posix.dirname(file));
  const testFile: TestFile = { project, names, factories, file, text, pipeline, find, problems, tell };
  const items = childOf(root, "tests");
  const tests = definition.tests.flatMap((raw, index): readonly TestCase[] => {
    const node = items?.type === "list" ? items.items[index] : undefined;
    const test = raw && node?.type === "map" ? readTest(testFile, raw, node, index) : undefined;
    return test ? [test] : [];
  });
  for (const [n, { name, place }] of tests.entries()) {
    if (!tests.slice(0, n).some((one) => one.name === name)) continue;
    const message = "another test of this file has the same name";
    problems.push(
      impossibleTest({ message, span: place, hint: "Say what tells them apart: -k finds a test by its name." }),
    );
  }
  return { tests, diagnostics: [...diagnostics, ...problems] };
}

/** A slip among tables makes names of all of them unknown. */
const isOfSlip = ({ code, path }: Problem, slip: Problem): boolean =>
  slip.path.every((step, n) => step === path[n]) ||
  (code === unknownKey &&
    path.length === slip.path.length &&
    slip.path.slice(0, -1).every((step, n) => step === path[n]));

/** Within { } a comma ends a key, also that of a call. */
function ofCutCall(problem: Problem): Problem {
  const key = String(problem.path.at(-1));
  if (!isCutCall(key)) return problem;
  return { ...problem, at: "key", message: `${key} is only a part of a call`, hint: QUOTE_CALLS };
}

const expectsCall = ({ expect }: RawTest): boolean =>
  expect !== undefined && !Array.isArray(expect) && Object.keys(expect).some(looksLikeCall);

/** Of a file with problems, the tests without: what is wrong in these is told in the same go. */
interface ReadShape {
  readonly tests: readonly (RawTest | undefined)[];
}

function interpret(value: unknown): Interpreted<ReadShape> {
  const result = fileSyntax.safeParse(value);
  if (result.success) return { definition: result.data, problems: [] };
  const slips = slipsIn(value);
  const others = explain(fileSyntax, result.error.issues, value).filter(
    (problem) => !slips.some((slip) => isOfSlip(problem, slip)),
  );
  const problems = [...slips, ...others.map(ofCutCall)];
  const tests = isMapping(value) && Array.isArray(value["tests"]) ? value["tests"] : [];
  return { definition: { tests: tests.map((one) => testSyntax.safeParse(one).data) }, problems };
}

function readTest(file: TestFile, raw: RawTest, node: MapNode, index: number): TestCase | undefined {
  const before = file.problems.length;
  const path = ["tests", index];
  const found = subjectOf(file.project, file.file, raw, path);
  if ("code" in found) {
    file.tell(found);
    return undefined;
  }
  if (!transformsOf(found).every(hasSources(file.project))) return undefined;
  const subject = found.type === "piece" ? { ...found, place: file.find([...path, "at"]) } : found;
  const given = readGiven(file, childOf(node, "given"), subject, [...path, "given"]);
  const expect = readExpected(file, node, subject, path);
  const place = file.find([...path, "name"]);
  const error = childOf(node, "expect_error");
  const test: TestCase = {
    of: subject.type === "pipeline" ? subject.pipeline : subject.transform.id,
    name: raw.name,
    file: file.file,
    index,
    place: { ...place, start: place.start ?? { line: 1, column: 1 } },
    subject,
    ...(raw.now !== undefined && { now: raw.now }),
    vars: variables(file, childOf(node, "vars"), [...path, "vars"]),
    ...given,
    before: readBefore(file, childOf(node, "before"), subject, [...path, "before"]),
    expect,
    ...(error && { expectError: errorIn(file, error, [...path, "expect_error"]) }),
    ...(raw.counts && {
      counts: { values: defined<RowCounts>(raw.counts), place: file.find([...path, "counts"], "key") },
    }),
    twice: raw.twice ?? true,
    ...(raw.tolerance !== undefined && { tolerance: raw.tolerance }),
  };
  refuseEmpty(file, raw, path);
  return file.problems.length === before ? test : undefined;
}

function refuseEmpty(file: TestFile, raw: RawTest, path: Path): void {
  const says = raw.expect ?? raw.expect_error ?? raw.expect_rejects ?? raw.counts;
  if (says === undefined) {
    const message = "the test expects nothing, so it could never fail";
    const hint = 'Add "expect:" with the rows that must come out ([] for none), or "expect_error:".';
    file.tell({ code: impossibleTest, path: [...path, "name"], message, hint });
  } else if (raw.expect_error && (raw.expect ?? raw.expect_rejects ?? raw.counts) !== undefined) {
    const message = "a test that expects an error has no rows to expect: nothing would be published";
    file.tell({ code: impossibleTest, path: [...path, "expect_error"], at: "key", message });
  }
}

function variables(file: TestFile, node: Node | undefined, path: Path): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  if (node?.type !== "map") return values;
  for (const { key, value } of node.pairs) {
    if (key.type !== "scalar" || value.type !== "scalar") continue;
    const variable = file.project.variables.find(({ name }) => name === key.text);
    const at = { path: [...path, key.text] };
    if (!variable) {
      const message = `the project has no variable ${key.text}`;
      const known = file.project.variables.map(({ name }) => name);
      file.tell({ code: unknownInTest, ...at, at: "key", message, ...suggestion(key.text, known) });
    } else if (!fitsVariable(variable.type, value.text)) {
      const message = `${key.text} is declared as ${variable.type}, which "${value.text}" is not`;
      file.tell({ code: badTestValue, ...at, message });
    } else values[key.text] = value.text;
  }
  return values;
}
