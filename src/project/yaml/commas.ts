/**
 * The classic trap of YAML's flow style: `{name: amount, type: numeric(12,2)}` is read as the type `numeric(12` and a key `2)`.
 * Finds such values, so that one mistake gives one diagnostic and the rest of the file can still be judged.
 */
import type { ListNode, MapNode, Node, Range, ScalarNode } from "./places.ts";

/** The ranges of values that need quotes, in the order of the text. */
export function unquotedCommas(node: Node): readonly Range[] {
  if (node.type === "scalar") return [];
  const inside = node.type === "list" ? node.items : node.pairs.map((pair) => pair.value);
  const here = node.flow ? split(node) : [];
  return [...here, ...inside.flatMap(unquotedCommas)];
}

interface Part {
  /** What stands between two commas: a value, or a key without one. */
  readonly node: ScalarNode;
  /** It is all that stands there, so it can be the rest of the value before it. */
  readonly alone: boolean;
}

function split(node: ListNode | MapNode): readonly Range[] {
  const parts = node.type === "list" ? node.items.map(partOfItem) : node.pairs.map(partOfPair);
  const found: Range[] = [];
  for (let i = 0; i < parts.length; i++) {
    const first = parts[i];
    if (!first || depth(first.node) <= 0) continue;
    let open = depth(first.node);
    let next = i + 1;
    while (open > 0 && parts[next]?.alone) open += depth(parts[next++]!.node);
    if (open !== 0) continue;
    found.push({ start: first.node.start, end: parts[next - 1]!.node.end });
    i = next - 1;
  }
  return found;
}

const partOfItem = (item: Node): Part | undefined =>
  item.type === "scalar" && item.plain ? { node: item, alone: true } : undefined;

function partOfPair({ key, value }: MapNode["pairs"][number]): Part | undefined {
  if (key.type !== "scalar" || value.type !== "scalar" || !value.plain) return undefined;
  const empty = value.start === value.end;
  return empty ? { node: key, alone: key.plain } : { node: value, alone: false };
}

/** How many more parentheses are opened than closed. */
const depth = ({ text }: ScalarNode): number => text.split("(").length - text.split(")").length;

const IN_LINE = /(?<=[:,[{] *)[^\s"'{}[\],:#][^{}[\],:\n]*\((?:[^(){}[\]\n]|\([^(){}[\]\n]*\))*\)[^,{}[\]\n]*/g;

/** Such a value around a place where the parser gave up: `{check: status in ('paid', 'open')}` is not even YAML. */
export function unquotedCommaAround(text: string, offset: number): Range | undefined {
  const from = text.lastIndexOf("\n", offset - 1) + 1;
  const to = text.indexOf("\n", offset);
  const line = text.slice(from, to === -1 ? text.length : to);
  for (const { 0: value, index } of line.matchAll(IN_LINE)) {
    const start = from + index;
    const end = start + value.trimEnd().length;
    if (start <= offset && offset <= end && value.includes(",")) return { start, end };
  }
  return undefined;
}
