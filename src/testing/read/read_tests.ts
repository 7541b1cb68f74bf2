/** One file of tests → its tests, or everything that is wrong in it. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import { plannedRows } from "../../kinds/planned_rows.ts";
import { defined, type Interpreted } from "../../project/definitions.ts";
import { explain } from "../../project/explain.ts";
import { isBytes, readBytes, textOf } from "../../project/files.ts";
import { type MapNode, type Node, nodesOf, type Places, placesIn } from "../../project/places.ts";
import { type Path, type Problem, toDiagnostic } from "../../project/problem.ts";
import { readFile } from "../../project/read_file.ts";
import { expandRows, type LoadedFactories } from "../../project/rows/factories.ts";
import { readRows, type WrittenRow } from "../../project/rows/read_rows.ts";
import { valueText } from "../../project/rows/value_text.ts";
import { tableText, type Project } from "../../project/types.ts";
import { suggestion } from "../../project/values.ts";
import { fitsVariable } from "../../project/variables.ts";
import { isMapping } from "../../project/words.ts";
import { isFault, parseEventsOf } from "../../project/yaml.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import { badTestValue, impossibleTest, unknownInTest } from "../codes.ts";
import type {
  ExpectedTable,
  GivenFile,
  GivenPiece,
  GivenRelation,
  GivenTable,
  Subject,
  TestCase,
  WrittenRows,
} from "../types.ts";
import { relationOf } from "../file_output.ts";
import { readCsvRows } from "./csv_rows.ts";
import { inputNames, onlyRelation, type TestNames } from "./names.ts";
import { subjectOf } from "./subject.ts";
import { type RawTest, test as testSyntax, testFile } from "./syntax.ts";

export interface ReadTests {
  readonly tests: readonly TestCase[];
  readonly diagnostics: readonly Diagnostic[];
}

type Factories = ReturnType<LoadedFactories["of"]>;

/** `file`: from the project's root, in its pipeline's folder. Tests with a problem are left out. */
export function readTests(project: Project, names: TestNames, factories: Factories, file: string): ReadTests {
  const bytes = readBytes(project.root, file);
  if (!isBytes(bytes)) return { tests: [], diagnostics: [bytes] };
  const text = textOf(bytes, file);
  if (typeof text !== "string") return { tests: [], diagnostics: [text] };
  const { definition, diagnostics } = readFile<ReadShape>({ file, text, interpret });
  const events = parseEventsOf(text);
  const root = isFault(events) ? undefined : nodesOf(text, events);
  if (!definition || root?.type !== "map") return { tests: [], diagnostics };
  let places: Places | undefined;
  const find = (path: Path, at?: "key" | "value"): Span => ({
    file,
    ...(places ??= placesIn(text)).find({ path, ...(at && { at }) }),
  });
  const reader = new TestReader(project, names, factories, file, find);
  const items = childOf(root, "tests");
  const tests = definition.tests.flatMap((raw, index): readonly TestCase[] => {
    const node = items?.type === "list" ? items.items[index] : undefined;
    const test = raw && node?.type === "map" ? reader.test(raw, node, index) : undefined;
    return test ? [test] : [];
  });
  return { tests, diagnostics: [...diagnostics, ...reader.diagnostics] };
}

/** Of a file with problems, the tests without: what is wrong in these is told in the same go. */
interface ReadShape {
  readonly tests: readonly (RawTest | undefined)[];
}

function interpret(value: unknown): Interpreted<ReadShape> {
  const result = testFile.safeParse(value);
  if (result.success) return { definition: result.data, problems: [] };
  const problems = explain(testFile, result.error.issues, value);
  const tests = isMapping(value) && Array.isArray(value["tests"]) ? value["tests"] : [];
  return { definition: { tests: tests.map((one) => testSyntax.safeParse(one).data) }, problems };
}

const childOf = (node: MapNode, key: string): Node | undefined =>
  node.pairs.find((pair) => pair.key.type === "scalar" && pair.key.text === key)?.value;

/** Reads the tests of one file and gathers what is wrong in them. */
class TestReader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly project: Project;
  private readonly names: TestNames;
  private readonly file: string;
  private readonly find: (path: Path, at?: "key" | "value") => Span;
  private readonly pipeline: string;
  private readonly factories: Factories;

  constructor(
    project: Project,
    names: TestNames,
    factories: Factories,
    file: string,
    find: (path: Path, at?: "key" | "value") => Span,
  ) {
    this.factories = factories;
    this.project = project;
    this.names = names;
    this.file = file;
    this.find = find;
    this.pipeline = posix.basename(posix.dirname(file));
  }

  test(raw: RawTest, node: MapNode, index: number): TestCase | undefined {
    const before = this.diagnostics.length;
    const path = ["tests", index];
    const found = subjectOf(this.project, this.file, raw, path);
    if ("code" in found) {
      this.tell(found);
      return undefined;
    }
    const subject = found.type === "piece" ? { ...found, place: this.find([...path, "at"]) } : found;
    const given = this.given(childOf(node, "given"), subject, [...path, "given"]);
    const expect = this.expected(node, subject, path);
    const place = this.find([...path, "name"]);
    const test: TestCase = {
      of: subject.type === "pipeline" ? subject.pipeline : subject.transform.id,
      name: raw.name,
      file: this.file,
      index,
      place: { ...place, start: place.start ?? { line: 1, column: 1 } },
      subject,
      ...(raw.now !== undefined && { now: raw.now }),
      vars: this.variables(childOf(node, "vars"), [...path, "vars"]),
      ...given,
      before: this.before(childOf(node, "before"), subject, [...path, "before"]),
      expect,
      ...(raw.expect_error && {
        expectError: {
          ...(raw.expect_error.code !== undefined && { code: raw.expect_error.code }),
          ...(raw.expect_error.like !== undefined && { like: raw.expect_error.like }),
          place: this.find([...path, "expect_error"], "key"),
        },
      }),
      ...(raw.counts && {
        counts: { values: defined<RowCounts>(raw.counts), place: this.find([...path, "counts"], "key") },
      }),
      twice: raw.twice ?? true,
      ...(raw.tolerance !== undefined && { tolerance: raw.tolerance }),
    };
    this.refuseEmpty(raw, path);
    return this.diagnostics.length === before ? test : undefined;
  }

  private tell(problem: Problem): void {
    const locate = (_: string, place: { readonly path: Path; readonly at?: "key" | "value" }) =>
      this.find(place.path, place.at);
    this.diagnostics.push(toDiagnostic({ file: this.file, problem }, locate));
  }

  private refuseEmpty(raw: RawTest, path: Path): void {
    const says = raw.expect ?? raw.expect_error ?? raw.expect_rejects ?? raw.counts;
    if (says === undefined) {
      const message = "the test expects nothing, so it could never fail";
      const hint = 'Add "expect:" with the rows that must come out ([] for none), or "expect_error:".';
      this.tell({ code: impossibleTest, path: [...path, "name"], message, hint });
    } else if (raw.expect_error && (raw.expect ?? raw.expect_rejects ?? raw.counts) !== undefined) {
      const message = "a test that expects an error has no rows to expect: nothing would be published";
      this.tell({ code: impossibleTest, path: [...path, "expect_error"], at: "key", message });
    }
  }

  private variables(node: Node | undefined, path: Path): Readonly<Record<string, string>> {
    const values: Record<string, string> = {};
    if (node?.type !== "map") return values;
    for (const { key, value } of node.pairs) {
      if (key.type !== "scalar" || value.type !== "scalar") continue;
      const variable = this.project.variables.find(({ name }) => name === key.text);
      const at = { path: [...path, key.text] };
      if (!variable) {
        const message = `the project has no variable ${key.text}`;
        const known = this.project.variables.map(({ name }) => name);
        this.tell({ code: unknownInTest, ...at, at: "key", message, ...suggestion(key.text, known) });
      } else if (!fitsVariable(variable.type, value.text)) {
        const message = `${key.text} is declared as ${variable.type}, which "${value.text}" is not`;
        this.tell({ code: badTestValue, ...at, message });
      } else values[key.text] = value.text;
    }
    return values;
  }

  private given(node: Node | undefined, subject: Subject, path: Path) {
    const given: GivenTable[] = [];
    const files: GivenFile[] = [];
    const pieces: GivenPiece[] = [];
    for (const { key, value } of node?.type === "map" ? node.pairs : []) {
      if (key.type !== "scalar") continue;
      const at = [...path, key.text];
      const named = this.names.find(key.text, this.pipeline);
      if (named?.type === "files") files.push(...this.filesIn(value, named.source, at));
      else if (subject.type === "piece" && !key.text.includes(".")) {
        const rows = this.rowsIn(value, at);
        if (rows) pieces.push({ name: key.text, ...(named && { relation: named.relation }), ...rows });
      } else if (named) {
        const rows = this.rowsIn(value, at, named.relation);
        if (rows) given.push({ relation: named.relation, ...rows });
      } else {
        const near = subject.type === "transform" ? inputNames(this.project, subject.transform) : [];
        this.tell(this.names.unknown(key.text, at, near));
      }
    }
    return { given, files, pieces };
  }

  /** Rows of the outputs before the run: of the only one, or by name. */
  private before(node: Node | undefined, subject: Subject, path: Path): readonly GivenTable[] {
    return this.tables(node, subject, path).flatMap(({ relation, ...rows }) =>
      relation ? [{ relation, ...rows }] : [],
    );
  }

  private expected(node: MapNode, subject: Subject, path: Path): readonly ExpectedTable[] {
    const tables = this.tables(childOf(node, "expect"), subject, [...path, "expect"]).map(
      ({ relation, ...rows }): ExpectedTable => ({ ...(relation && { table: relation, relation }), ...rows }),
    );
    const rejects = childOf(node, "expect_rejects");
    for (const table of tables) this.refuseUneven(table);
    if (!rejects) return tables;
    const table = subject.type === "transform" ? plannedRows(subject.transform, this.project)?.rejects : undefined;
    if (!table) {
      const message = "only what loads files or flattens documents has rejects";
      this.tell({ code: impossibleTest, path: [...path, "expect_rejects"], at: "key", message });
      return tables;
    }
    const rows = this.rowsIn(rejects, [...path, "expect_rejects"]);
    if (!rows) return tables;
    return [...tables, { table, ...rows }];
  }

  /** Which columns are compared is the same for all rows: one that is left out would match everything. */
  private refuseUneven({ rows, at }: WrittenRows): void {
    const columns = Object.keys(rows[0]?.values ?? {});
    rows.forEach(({ values }, n) => {
      const lacks = columns.find((column) => !(column in values));
      const adds = Object.keys(values).find((column) => !columns.includes(column));
      if (lacks === undefined && adds === undefined) return;
      const message = lacks === undefined ? `the first row does not name ${adds}` : `this row does not name ${lacks}`;
      const hint = "Name the same columns in every row: these are compared. NULL is written ~.";
      this.diagnostics.push(impossibleTest({ message, span: at(n, adds), hint }));
    });
  }

  /** Rows of the subject's outputs; without a relation for a piece of SQL. */
  private tables(
    node: Node | undefined,
    subject: Subject,
    path: Path,
  ): readonly (WrittenRows & { readonly relation?: GivenRelation })[] {
    if (!node) return [];
    const several = node.type === "map" && !isCsv(node);
    if (subject.type === "piece") {
      const rows = this.rowsIn(node, path);
      return rows ? [rows] : [];
    }
    const outputs = (subject.type === "pipeline" ? subject.transforms : [subject.transform]).flatMap((t) => t.outputs);
    const relations = outputs.flatMap((output) => relationOf(output) ?? []);
    if (!several) {
      const relation = subject.type === "transform" ? onlyRelation(subject.transform) : undefined;
      if (!relation) {
        const message = `it must say of which table: ${relations.map(tableText).join(", ") || "there is none"}`;
        this.tell({ code: impossibleTest, path, at: "key", message, hint: "Write {schema.table: [rows], …}." });
        return [];
      }
      const rows = this.rowsIn(node, path, relation);
      return rows ? [{ relation, ...rows }] : [];
    }
    return node.pairs.flatMap(({ key, value }) => {
      if (key.type !== "scalar") return [];
      const at = [...path, key.text];
      const named = this.names.find(key.text, this.pipeline);
      const relation = named?.type === "relation" && relations.find((one) => one === named.relation);
      if (!relation) {
        const message = `${key.text} is no output of what is tested`;
        this.tell({
          code: unknownInTest,
          path: at,
          at: "key",
          message,
          ...suggestion(key.text, relations.map(tableText)),
        });
        return [];
      }
      const rows = this.rowsIn(value, at, relation);
      return rows ? [{ relation, ...rows }] : [];
    });
  }

  /** A list of rows, or `{csv: file}`. Columns that the relation does not declare are told. */
  private rowsIn(node: Node, path: Path, relation?: GivenRelation): WrittenRows | undefined {
    const place = this.find(path, "key");
    const csv = node.type === "map" ? childOf(node, "csv") : undefined;
    const rows =
      csv?.type === "scalar" ? this.csvRows(csv.text, path, place) : this.listRows(node, path, place, relation);
    if (!rows || !relation || relation.columns.length === 0) return rows;
    const known = relation.columns.map(({ name }) => name);
    const told = new Set<string>();
    rows.rows.forEach(({ values }, n) => {
      for (const column of Object.keys(values)) {
        if (known.includes(column) || told.has(column)) continue;
        told.add(column);
        const message = `${tableText(relation)} has no column ${column}`;
        const near = suggestion(column, known);
        const span = rows.at(n, column);
        if (csv) this.diagnostics.push(unknownInTest({ message, span, ...(near.hint && { hint: near.hint }) }));
        else this.tell({ code: unknownInTest, path: [...rows.rows[n]!.path, column], at: "key", message, ...near });
      }
    });
    return rows;
  }

  private csvRows(name: string, path: Path, place: Span): WrittenRows | undefined {
    const read = readCsvRows(this.project.root, posix.join(posix.dirname(this.file), name), place);
    if (typeof read !== "string") return read;
    this.tell({ code: badTestValue, path: [...path, "csv"], message: read });
    return undefined;
  }

  private listRows(node: Node, path: Path, place: Span, relation?: GivenRelation): WrittenRows | undefined {
    const read = readRows(node, path);
    const problems = [...read.problems];
    const rows = read.rows.flatMap((row) => {
      const expanded = expandRows([row], relation ? tableText(relation) : "", this.factories);
      problems.push(...expanded.problems);
      return expanded.rows.map((values): WrittenRow => ({ ...row, values, times: 1 }));
    });
    for (const problem of problems) this.tell(problem);
    if (problems.length > 0) return undefined;
    return {
      rows,
      place,
      path,
      at: (row, column) => this.find([...(rows[row]?.path ?? path), ...(column === undefined ? [] : [column])]),
    };
  }

  private filesIn(node: Node, source: GivenFile["source"], path: Path): readonly GivenFile[] {
    const nodes = node.type === "list" ? node.items : [node];
    return nodes.flatMap((item): readonly GivenFile[] => {
      if (item.type !== "map") return [];
      const textAt = (key: string): string | undefined => {
        const value = childOf(item, key);
        return value?.type === "scalar" ? (valueText(value) ?? "") : undefined;
      };
      const name = textAt("file");
      const text = textAt("text");
      const lies = textAt("path");
      if (name === undefined || (text === undefined) === (lies === undefined)) {
        const message = `${source.sourceName} is a source of files: give each as {file: NAME, text: …} or {file: NAME, path: …}`;
        this.tell({ code: impossibleTest, path, at: "key", message });
        return [];
      }
      if (lies === undefined) return [{ source, name, bytes: Buffer.from(text ?? "") }];
      const from = posix.join(posix.dirname(this.file), lies);
      try {
        return [{ source, name, bytes: readFileSync(join(this.project.root, from)) }];
      } catch {
        this.tell({ code: badTestValue, path, at: "key", message: `${from} can't be read` });
        return [];
      }
    });
  }
}

const isCsv = (node: MapNode): boolean =>
  node.pairs.length === 1 && node.pairs[0]!.key.type === "scalar" && node.pairs[0]!.key.text === "csv";
