/** `examples:` are taken as they are written: 00123 and 1E5 are no numbers there. */
import { valueText } from "../rows/value_text.ts";
import { type Node, nodesOf } from "./places.ts";
import { isFault, parseEventsOf } from "./yaml.ts";

/** The value of a whole file's text, with the scalars below `examples` as texts. It changes the value in place. */
export function keepExamples(text: string, value: unknown): unknown {
  if (!text.includes("examples")) return value;
  const events = parseEventsOf(text);
  const root = isFault(events) ? undefined : nodesOf(text, events);
  if (root) keepIn(root, value);
  return value;
}

function keepIn(node: Node, value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const at = value as Record<string | number, unknown>;
  if (node.type === "list") node.items.forEach((item, i) => keepIn(item, at[i]));
  if (node.type !== "map") return;
  for (const { key, value: inner } of node.pairs) {
    if (key.type !== "scalar") continue;
    if (key.text === "examples" && inner.type === "list" && Array.isArray(at[key.text])) {
      at[key.text] = inner.items.map((item, i) =>
        item.type === "scalar" ? valueText(item) : (at[key.text] as readonly unknown[])[i],
      );
    } else keepIn(inner, at[key.text]);
  }
}
