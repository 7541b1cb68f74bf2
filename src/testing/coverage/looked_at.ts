/** What tests look at: what of a transform could be wrong and make one fail. */
import type { ColumnId, Lineage } from "../../check/lineage/graph.ts";
import { type FunctionOutput, type Monitor, type Output, tableText, type Transform } from "../../project/types.ts";
import { readSelector } from "../../sql/pieces/selector.ts";
import { isMonitorsFailure } from "../../warehouse/build/monitors.ts";
import { monitorFailed } from "../../warehouse/build/codes.ts";
import { relationOf } from "../judge/file_output.ts";
import type { ExpectedError, TestCase } from "../types.ts";
import { transformsOf } from "../transforms_of.ts";

/** Of one transform. */
export interface LookedAt {
  /** By output, columns whose values are compared, or that such values are made of. */
  readonly columns: ReadonlyMap<Output, ReadonlySet<string>>;
  readonly functions: ReadonlySet<FunctionOutput>;
  readonly ctes: ReadonlySet<string>;
  /** Their places in the definition. */
  readonly monitors: ReadonlySet<number>;
  /** Rows came out right, so every CTE that they go through did its part. */
  readonly isWhole: boolean;
}

interface Looking extends LookedAt {
  readonly columns: Map<Output, Set<string>>;
  readonly functions: Set<FunctionOutput>;
  readonly ctes: Set<string>;
  readonly monitors: Set<number>;
  isWhole: boolean;
}

/** An output, and what makes it. */
interface Made {
  readonly transform: Transform;
  readonly output: Output;
}

/**
 * By transform. What a test of a pipeline runs without looking at what comes of it is not among these, but for what that is
 * made of which it does look at: `lineage` says it.
 */
export async function looksOf(
  tests: readonly TestCase[],
  lineage: () => Promise<Lineage>,
): Promise<ReadonlyMap<Transform, LookedAt>> {
  const all = new Map<Transform, Looking>();
  const at = (transform: Transform): Looking => {
    const known = all.get(transform);
    if (known) return known;
    const made = { columns: new Map(), functions: new Set(), ctes: new Set(), monitors: new Set(), isWhole: false };
    all.set(transform, made as Looking);
    return made as Looking;
  };
  const see = ({ transform, output }: Made, columns: Iterable<string>): void => {
    const looking = at(transform);
    looking.isWhole = true;
    const known = looking.columns.get(output) ?? new Set();
    for (const column of columns) known.add(column);
    looking.columns.set(output, known);
  };
  for (const test of tests) {
    const { subject, expect, expectError, counts } = test;
    const outputs = outputsOf(transformsOf(subject));
    if (subject.type === "piece") {
      const { ctes } = at(subject.transform);
      for (const cte of ctesIn(subject.selector)) ctes.add(cte);
    } else if (subject.type === "pipeline") {
      // Which of several is refused nobody can say.
      if (counts) at(subject.transforms.at(-1)!);
    } else {
      const { monitors } = at(subject.transform);
      for (const monitor of monitorsNamed(subject.transform, expectError)) monitors.add(monitor);
    }
    const compared: ColumnId[] = [];
    for (const { call, relation, rows } of expect) {
      for (const { transform, output } of outputs.values()) {
        if (output.type === "function" && call?.outputs.includes(output)) at(transform).functions.add(output);
      }
      const [text, made] = [...outputs].find(([, { output }]) => relation && relationOf(output) === relation) ?? [];
      if (text === undefined || !made) continue;
      at(made.transform);
      if (rows.length === 0) continue;
      const columns = Object.keys(rows[0]!.values);
      see(made, columns);
      compared.push(...columns.map((column) => ({ relation: text, column })));
    }
    if (subject.type !== "pipeline" || compared.length === 0) continue;
    for (const { relation, column } of madeOf(await lineage(), compared, outputs))
      see(outputs.get(relation)!, [column]);
  }
  return all;
}

/** By `schema.name`, or a file's path. */
const outputsOf = (transforms: readonly Transform[]): ReadonlyMap<string, Made> =>
  new Map(
    transforms.flatMap((transform) =>
      transform.outputs.map((output) => {
        const text = output.type === "file" ? output.path : tableText(output);
        const signature = output.type === "function" ? `(${output.arguments?.join(", ") ?? ""})` : "";
        return [text + signature, { transform, output }] as const;
      }),
    ),
  );

/** The columns of these outputs that others are made of, as far as anybody can look into what makes them. */
function madeOf(
  lineage: Lineage,
  columns: readonly ColumnId[],
  outputs: ReadonlyMap<string, Made>,
): readonly ColumnId[] {
  const found = new Map<string, ColumnId>();
  const queue = [...columns];
  for (let id = queue.pop(); id; id = queue.pop()) {
    for (const { from, how } of lineage.up(id)) {
      const text = `${from.relation} ${from.column}`;
      if (how === "declared" || from.column === "*" || !outputs.has(from.relation) || found.has(text)) continue;
      found.set(text, from);
      queue.push(from);
    }
  }
  return [...found.values()];
}

/** The one monitor that can be meant, if there is one. */
function monitorsNamed({ monitors }: Transform, expected: ExpectedError | undefined): readonly number[] {
  if (expected?.code !== monitorFailed.code) return [];
  const { like } = expected;
  const isMeant = (monitor: Monitor) => monitors.length === 1 || like === undefined || isMonitorsFailure(monitor, like);
  const fitting = monitors.flatMap((monitor, n) => (isMeant(monitor) ? [n] : []));
  return fitting.length === 1 ? fitting : [];
}

function ctesIn(text: string): readonly string[] {
  const read = readSelector(text);
  return read.ok ? read.selector.flatMap((step) => (step.select === "cte" ? [step.name] : [])) : [];
}
