/** What stands in YAML as PostgreSQL's input text: as it is written, whatever YAML would make of it. */
import type { Node, ScalarNode } from "../yaml/places.ts";

const NULL = /^(?:|~|null|Null|NULL)$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** null for what is written as nothing, `null` or `~`. In quotes, everything is itself. */
export const valueText = ({ plain, text }: ScalarNode): string | null => (plain && NULL.test(text) ? null : text);

/** Lists and mappings are JSON; numbers in them stay as they are written, too. */
export function jsonText(node: Node): string {
  if (node.type === "list") return `[${node.items.map(jsonText).join(",")}]`;
  if (node.type === "map") {
    return `{${node.pairs.map(({ key, value }) => `${JSON.stringify(keyText(key))}:${jsonText(value)}`).join(",")}}`;
  }
  const text = valueText(node);
  if (text === null) return "null";
  const isItself = node.plain && (text === "true" || text === "false" || JSON_NUMBER.test(text));
  return isItself ? text : JSON.stringify(text);
}

/** A key that is a list or a mapping itself: YAML allows it, JSON does not. */
const keyText = (key: Node): string => (key.type === "scalar" ? key.text : jsonText(key));
