/** Which transforms, columns, CTEs and monitors of a project have a test that could notice if they were wrong. */
import { readFrom } from "../plan/make.ts";
import { tableText, type Project, type Transform } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import { piecesOf } from "../sql/pieces/pieces.ts";
import { readSelector } from "../sql/pieces/selector.ts";
import { monitorFailed } from "../warehouse/codes.ts";
import { relationOf } from "./file_output.ts";
import type { TestCase } from "./types.ts";
import { transformsOf } from "./transforms_of.ts";

interface TransformCoverage {
  readonly id: string;
  /** Nothing of it has a test. */
  readonly untested: boolean;
  /** Columns that no expectation names: `column`, or `schema.table.column` where there are several outputs. */
  readonly columns: readonly string[];
  readonly ctes: readonly string[];
  /** How many monitors no test expects to refuse. */
  readonly monitors: number;
}

export interface Coverage {
  /** Those with something that no test covers. */
  readonly open: readonly TransformCoverage[];
  readonly things: number;
  readonly covered: number;
  /** Of 100, rounded down: 100 means all. */
  readonly percent: number;
}

export async function coverageOf(project: Project, tests: readonly TestCase[]): Promise<Coverage> {
  await loadParser();
  const byTransform = testsByTransform(tests);
  const read = readFrom(project.root);
  const all = project.transforms
    // What makes nothing does nothing that could be tested.
    .filter(({ madeElsewhere }) => !madeElsewhere)
    .map((transform) => coverageOfOne(transform, byTransform.get(transform.id) ?? [], read));
  const things = all.reduce((sum, one) => sum + one.things, 0);
  const missing = all.reduce((sum, { of }) => sum + missingIn(of), 0);
  const covered = things - missing;
  return {
    open: all.map(({ of }) => of).filter((one) => missingIn(one) > 0),
    things,
    covered,
    percent: things === 0 ? 100 : Math.floor((100 * covered) / things),
  };
}

const missingIn = ({ untested, columns, ctes, monitors }: TransformCoverage): number =>
  (untested ? 1 : 0) + columns.length + ctes.length + monitors;

function testsByTransform(tests: readonly TestCase[]): ReadonlyMap<string, readonly TestCase[]> {
  const found = new Map<string, TestCase[]>();
  for (const test of tests) {
    const { subject } = test;
    for (const { id } of transformsOf(subject)) {
      found.set(id, [...(found.get(id) ?? []), test]);
    }
  }
  return found;
}

function coverageOfOne(transform: Transform, tests: readonly TestCase[], read: (file: string) => string) {
  const { id, outputs, monitors } = transform;
  const relations = outputs.flatMap((output) => relationOf(output) ?? []);
  const columns = relations.flatMap((relation) => {
    const named = new Set(
      tests.flatMap(({ expect }) =>
        expect.filter((one) => one.relation === relation).flatMap(({ rows }) => Object.keys(rows[0]?.values ?? {})),
      ),
    );
    const prefix = relations.length > 1 ? `${tableText(relation)}.` : "";
    return relation.columns.map(({ name }) => ({ name: prefix + name, isNamed: named.has(name) }));
  });
  const ctes = ctesOf(transform, read);
  const testedCtes = new Set(tests.flatMap(ctesIn));
  // Rows that come out right have gone through every CTE that they need.
  const isRunWhole = tests.some(
    ({ subject, expect }) => subject.type !== "piece" && expect.some(({ rows }) => rows.length > 0),
  );
  const isRefused = tests.some(({ expectError }) => expectError?.code === monitorFailed.code);
  const of: TransformCoverage = {
    id,
    untested: tests.length === 0,
    columns: columns.filter(({ isNamed }) => !isNamed).map(({ name }) => name),
    ctes: isRunWhole ? [] : ctes.filter((name) => !testedCtes.has(name)),
    monitors: isRefused ? 0 : monitors.length,
  };
  return { of, things: 1 + columns.length + ctes.length + monitors.length };
}

const CTE = /\bcte\(([^()]+)\)$/;

function ctesOf({ codeHolds, codeFile }: Transform, read: (file: string) => string): readonly string[] {
  if (!codeHolds || codeFile === undefined) return [];
  const selectors = piecesOf({ text: read(codeFile), line: 1, column: 1 }).map(({ selector }) => selector);
  return [...new Set(selectors.flatMap((selector) => CTE.exec(selector)?.[1] ?? []))];
}

function ctesIn({ subject }: TestCase): readonly string[] {
  const selector = subject.type === "piece" ? readSelector(subject.selector) : undefined;
  return selector?.ok ? selector.selector.flatMap((step) => (step.select === "cte" ? [step.name] : [])) : [];
}
