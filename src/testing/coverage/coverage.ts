/** Which transforms, columns, functions, CTEs and monitors of a project have a test that could notice if they were wrong. */
import type { Lineage } from "../../check/lineage/graph.ts";
import { loadLineage } from "../../check/lineage/load.ts";
import { readFrom } from "../../plan/make.ts";
import { tableText, type Project, type Transform } from "../../project/types.ts";
import { loadParser } from "../../sql/parser.ts";
import { piecesOf } from "../../sql/pieces/pieces.ts";
import { limitsText } from "../../warehouse/build/monitors.ts";
import { relationOf } from "../judge/file_output.ts";
import { type LookedAt, looksOf } from "./looked_at.ts";
import type { TestCase } from "../types.ts";

interface TransformCoverage {
  readonly id: string;
  /** Nothing of it has a test. */
  readonly untested: boolean;
  /** Columns that no expectation names: `column`, or `schema.table.column` where there are several outputs. */
  readonly columns: readonly string[];
  /** Those that no test calls. */
  readonly functions: readonly string[];
  readonly ctes: readonly string[];
  /** The limits of each monitor that no test expects to refuse: `row_count {min: 5}`. */
  readonly monitors: readonly string[];
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
  let lineage: Promise<Lineage> | undefined;
  const looks = await looksOf(tests, () => (lineage ??= loadLineage(project)));
  const read = readFrom(project.root);
  const all = project.transforms
    // What makes nothing does nothing that could be tested.
    .filter(({ madeElsewhere }) => !madeElsewhere)
    .map((transform) => coverageOfOne(transform, looks.get(transform), read));
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

const missingIn = ({ untested, columns, functions, ctes, monitors }: TransformCoverage): number =>
  (untested ? 1 : 0) + columns.length + functions.length + ctes.length + monitors.length;

function coverageOfOne(transform: Transform, looked: LookedAt | undefined, read: (file: string) => string) {
  const { id, outputs, monitors } = transform;
  const withRows = outputs.filter(({ type }) => type !== "function");
  const columns = withRows.flatMap((output) => {
    const relation = relationOf(output)!;
    const prefix = withRows.length > 1 ? `${tableText(relation)}.` : "";
    const compared = looked?.columns.get(output);
    return relation.columns.map(({ name }) => ({ name: prefix + name, isCompared: compared?.has(name) ?? false }));
  });
  const functions = outputs.filter((output) => output.type === "function");
  const ctes = ctesOf(transform, read);
  const of: TransformCoverage = {
    id,
    untested: !looked,
    columns: columns.filter(({ isCompared }) => !isCompared).map(({ name }) => name),
    functions: functions.filter((one) => !looked?.functions.has(one)).map(({ name }) => `${name}()`),
    ctes: looked?.isWhole ? [] : ctes.filter((name) => !looked?.ctes.has(name)),
    monitors: monitors.filter((_, n) => !looked?.monitors.has(n)).map(limitsText),
  };
  return { of, things: 1 + columns.length + functions.length + ctes.length + monitors.length };
}

const CTE = /\bcte\(([^()]+)\)$/;

function ctesOf({ codeHolds, codeFile }: Transform, read: (file: string) => string): readonly string[] {
  if (!codeHolds || codeFile === undefined) return [];
  const selectors = piecesOf({ text: read(codeFile), line: 1, column: 1 }).map(({ selector }) => selector);
  return [...new Set(selectors.flatMap((selector) => CTE.exec(selector)?.[1] ?? []))];
}
