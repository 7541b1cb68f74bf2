/** Where the keys and values of a YAML text stand. Built only for a file that has a problem. */
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { Position } from "../../diagnostics/diagnostic.ts";
import { positionIn } from "../lines.ts";
import type { Path, Place } from "../problem.ts";
import { type Events, isFault, parseEventsOf } from "./yaml.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Range {
  readonly type: "scalar";
  readonly text: string;
  readonly plain: boolean;
}
export interface ListNode extends Range {
  readonly type: "list";
  readonly flow: boolean;
  readonly items: readonly Node[];
}
export interface MapNode extends Range {
  readonly type: "map";
  readonly flow: boolean;
  readonly pairs: readonly { readonly key: Node; readonly value: Node }[];
}
export type Node = ScalarNode | ListNode | MapNode;

export interface Places {
  /** The place itself, or that of the nearest thing around it that is there. */
  find(place: Place): { readonly start: Position; readonly end: Position };
  position(offset: number): Position;
}

/** `position` is given where the text differs from the file's. */
export function placesIn(text: string, position = positionIn(text)): Places {
  const events = parseEventsOf(text);
  const root = isFault(events) ? undefined : nodesOf(text, events);
  return {
    position,
    find: ({ path, at }) => {
      const { start, end } = root ? rangeOf(root, path, at) : { start: 0, end: 0 };
      return { start: position(start), end: position(end) };
    },
  };
}

function rangeOf(root: Node, path: Path, at: Place["at"]): Range {
  let node = root;
  let key: Node | undefined;
  for (const step of path) {
    if (node.type === "list") {
      const item = node.items[Number(step)];
      if (!item) break;
      [key, node] = [undefined, item];
    } else if (node.type === "map") {
      // The last of doubled keys counts, as it does for the values.
      const pair = node.pairs.findLast((p) => p.key.type === "scalar" && p.key.text === String(step));
      if (!pair) return key ?? startOf(node);
      [key, node] = [pair.key, pair.value];
    } else break;
  }
  if (at === "key" && key) return key;
  // A missing value is best shown by its key, a long one by its beginning.
  if (node.start === node.end && key) return key;
  return node.type === "scalar" ? node : startOf(node);
}

/** A mapping is shown by its first key, a list by its first item. */
function startOf(node: Node): Range {
  const first = node.type === "map" ? node.pairs[0]?.key : node.type === "list" ? node.items[0] : undefined;
  if (!first || (node.type !== "scalar" && node.flow)) return { start: node.start, end: node.end };
  return first.type === "scalar" ? first : startOf(first);
}

/** The first document of the events as a tree with offsets; undefined for an empty text. */
export function nodesOf(text: string, events: Events): Node | undefined {
  let next = 0;
  /** Where the last token ended: an empty value stands there. */
  let reached = 0;

  const read = (): Node | undefined => {
    const event = events[next++];
    if (!event || event.type === EVENT_ID.POP) return undefined;
    if (event.type === EVENT_ID.DOCUMENT) return read();
    if (event.type === EVENT_ID.ALIAS) {
      reached = event.anchorEnd;
      return { type: "scalar", text: "", plain: true, start: event.anchorStart - 1, end: event.anchorEnd };
    }
    if (event.type === EVENT_ID.SCALAR) {
      if (event.valueStart === -1) return { type: "scalar", text: "", plain: true, start: reached, end: reached };
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      const start = event.valueStart - (quoted ? 1 : 0);
      const end = event.valueEnd + (quoted ? 1 : 0);
      reached = end;
      return {
        type: "scalar",
        text: getScalarValue(text, event),
        plain: event.style === SCALAR_STYLE.PLAIN,
        start,
        end,
      };
    }
    const flow = event.style === COLLECTION_STYLE.FLOW;
    reached = Math.max(reached, event.start);
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Node[] = [];
      for (let item = read(); item; item = read()) items.push(item);
      if (flow) reached = closing(text, reached, "]");
      return { type: "list", flow, items, start: event.start, end: reached };
    }
    const pairs: { key: Node; value: Node }[] = [];
    for (let key = read(); key; key = read()) pairs.push({ key, value: read()! });
    if (flow) reached = closing(text, reached, "}");
    return { type: "map", flow, pairs, start: event.start, end: reached };
  };
  return read();
}

function closing(text: string, from: number, bracket: string): number {
  const at = text.indexOf(bracket, from);
  return at === -1 ? from : at + 1;
}
