/** Writes what came out into the expectation: only the rows and values that differ change, comments and all else stay. */
import { type Node, type MapNode, nodesOf } from "../../project/yaml/places.ts";
import type { Path } from "../../project/problem.ts";
import { lineEnd, lineEndOf, lineStart } from "../../project/write/list_edits.ts";
import { isFault, parseEventsOf } from "../../project/yaml/yaml.ts";
import { itemText, valueText } from "./row_text.ts";
import type { TestCase } from "../types.ts";
import type { Failure, Verdict } from "../verdict.ts";

type RowsFailure = Extract<Failure, { type: "rows" }>;
type CountsFailure = Extract<Failure, { type: "counts" }>;

interface Cut {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface Updated {
  readonly text: string;
  /** Tests whose expectation was written anew. */
  readonly done: readonly TestCase[];
}

/** Of one file. Failures that are no matter of what is expected stay. */
export function updateExpectations(text: string, verdicts: readonly Verdict[]): Updated {
  const events = parseEventsOf(text);
  const root = isFault(events) ? undefined : nodesOf(text, events);
  const cuts: Cut[] = [];
  const done: TestCase[] = [];
  for (const { test, failures } of root ? verdicts : []) {
    const own = failures.map((failure) => cutsOf(text, root!, test, failure));
    if (own.length === 0 || own.includes(undefined)) continue;
    cuts.push(...own.flatMap((some) => some ?? []));
    done.push(test);
  }
  const last = cuts.toSorted((a, b) => b.from - a.from);
  return { text: last.reduce((all, { from, to, text: own }) => all.slice(0, from) + own + all.slice(to), text), done };
}

function cutsOf(text: string, root: Node, test: TestCase, failure: Failure): readonly Cut[] | undefined {
  if (failure.type === "counts") return countCuts(root, test, failure);
  return failure.type === "rows" ? rowCuts(text, root, failure) : undefined;
}

function countCuts(root: Node, { index }: TestCase, { expected, actual }: CountsFailure): readonly Cut[] | undefined {
  const cuts = (Object.keys(expected) as (keyof typeof expected)[]).map((key) => {
    const node = nodeAt(root, ["tests", index, "counts", key]);
    return node && { from: node.start, to: node.end, text: String(actual[key] ?? 0) };
  });
  return cuts.includes(undefined) ? undefined : (cuts as Cut[]);
}

function rowCuts(text: string, root: Node, { expected, difference }: RowsFailure): readonly Cut[] | undefined {
  const list = nodeAt(root, expected.path);
  if (list?.type !== "list") return undefined;
  const { columns, changed, missing, unexpected } = difference;
  const cuts: Cut[] = [];
  for (const { expected: row, actual, differs } of changed) {
    const map = nodeAt(root, expected.rows[row.expected!]!.path);
    if (map?.type !== "map" || isMade(map)) return undefined;
    for (const [n, column] of columns.entries()) {
      if (!differs[n]) continue;
      const value = childOf(map, column);
      if (!value || value.start === value.end) return undefined;
      cuts.push({ from: value.start, to: value.end, text: valueText(actual.cells[n]!) });
    }
  }
  const gone = new Set<number>();
  for (const { expected: n } of missing) {
    const { path } = expected.rows[n!]!;
    const map = nodeAt(root, path);
    if (map?.type !== "map" || isMade(map)) return undefined;
    gone.add(path.at(-1) as number);
  }
  const items = unexpected.map((row) => itemText(columns, row.cells));
  const more = listCuts(text, list, gone, items);
  return more && [...cuts, ...more];
}

/** Takes items out of a list and adds others at its end. */
function listCuts(
  text: string,
  list: Extract<Node, { type: "list" }>,
  gone: ReadonlySet<number>,
  items: readonly string[],
): readonly Cut[] | undefined {
  if (gone.size === 0 && items.length === 0) return [];
  const line = lineEndOf(text);
  if (list.flow) {
    const kept = list.items.filter((_, n) => !gone.has(n)).map(({ start, end }) => text.slice(start, end));
    return [{ from: list.start, to: list.end, text: `[${[...kept, ...items].join(", ")}]` }];
  }
  const all = list.items.map((item, n) => ({ n, from: lineStart(text, item.start), end: item.end }));
  const indent = " ".repeat(list.start - lineStart(text, list.start));
  const added = items.map((item) => `${indent}- ${item}${line}`).join("");
  if (gone.size === all.length && items.length === 0) {
    const key = text.lastIndexOf(":", list.start);
    return [{ from: key + 1, to: lineEnd(text, all.at(-1)!.end), text: ` []${line}` }];
  }
  const end = endOfItem(text, list, all.length - 1);
  const break_ = text[end - 1] === "\n" ? "" : line;
  const removed = all
    .filter(({ n }) => gone.has(n))
    .map(({ n, from }) => ({ from, to: endOfItem(text, list, n), text: "" }));
  return [...(added === "" ? [] : [{ from: end, to: end, text: break_ + added }]), ...removed];
}

/** Behind the last line of an item, which may be a mapping over several lines. */
function endOfItem(text: string, list: Extract<Node, { type: "list" }>, n: number): number {
  const lastOf = (node: Node): number => {
    if (node.type === "scalar" || node.flow) return node.end;
    const inner = node.type === "list" ? node.items.at(-1) : node.pairs.at(-1)?.value;
    return Math.max(node.end, inner ? lastOf(inner) : node.start);
  };
  return lineEnd(text, lastOf(list.items[n]!));
}

/** Rows that a factory or `times` makes stand for others. */
const isMade = (map: MapNode): boolean => childOf(map, "use") !== undefined || childOf(map, "times") !== undefined;

function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    if (node?.type === "list") node = node.items[Number(step)];
    else if (node?.type === "map") node = childOf(node, String(step));
    else return undefined;
  }
  return node;
}

const childOf = (node: MapNode, key: string): Node | undefined =>
  node.pairs.find((pair) => pair.key.type === "scalar" && pair.key.text === key)?.value;
