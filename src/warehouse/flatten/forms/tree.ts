/** A form's schema as a tree of nodes → the form. */
import type { NodeKeys } from "../../../plan/types.ts";
import { below } from "../paths.ts";
import type { Reason } from "../reasons.ts";
import { answerClass, isIgnored, type Form, type FormFault, type FormNode, type Reading } from "./form.ts";

export type Json = Readonly<Record<string, unknown>>;

/** What one node of a schema says of itself, whatever the schema's own words. */
export interface SchemaNode {
  readonly slug: string | undefined;
  readonly children: readonly unknown[];
  /** An answer type, if it is a question. */
  readonly type: string | undefined;
  readonly tag: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly show: unknown;
  readonly viewOnly: boolean;
}

export type ReadNode = (node: Json) => SchemaNode;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** No answer can have a slug that PostgreSQL can't store. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === "number") return String(value);
  const isText = typeof value === "string" && value !== "" && !value.includes("\0") && value.isWellFormed();
  return isText ? value : undefined;
};

/** Form, section and question nodes, under the keys that the definition says. */
export const treeNode =
  (keys: NodeKeys): ReadNode =>
  (node) => ({
    slug: textOf(node[keys.slug]),
    children: keys.children.flatMap((key) => (Array.isArray(node[key]) ? (node[key] as readonly unknown[]) : [])),
    type: textOf(node[keys.type]),
    tag: textOf(node[keys.tag]),
    labels: labelsOf(node[keys.label]),
    show: node[keys.show],
    viewOnly: node[keys.viewOnly] === true,
  });

function labelsOf(label: unknown): Readonly<Record<string, string>> {
  if (typeof label === "string") return { "": label };
  if (!isObject(label)) return {};
  return Object.fromEntries(
    Object.entries(label).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** The root's own slug is in no path. What can't be a node is a fault, with all that is below it. */
export function readForm(key: string, schema: Json, read: ReadNode, reading: Reading): Form {
  const nodes: FormNode[] = [];
  const faults: FormFault[] = [];
  const fault = (path: string | null, reason: Reason, node: unknown) =>
    faults.push({ form: key, path, reason, raw: JSON.stringify(node) });
  // A form of hundreds of levels must not end the process, so the way is kept here, last things first.
  const waiting: { readonly parent: FormNode | undefined; readonly slug: string; readonly node: SchemaNode }[] = [
    { parent: undefined, slug: "", node: read(schema) },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { parent, slug, node } = next;
    const path = parent ? below(parent.path, slug) : "";
    const own: FormNode = {
      id: nodes.length,
      parent: parent?.id,
      slug,
      path,
      depth: parent ? parent.depth + 1 : 0,
      section: node.children.length > 0 || !parent,
      ...(node.type !== undefined && parent && { answer: { type: node.type, is: answerClass(node.type, reading) } }),
      ...(node.tag !== undefined && { tag: node.tag }),
      labels: node.labels,
      ...(node.show !== undefined && { show: JSON.stringify(node.show) }),
      viewOnly: node.viewOnly,
      ignored: isIgnored(path, reading),
    };
    nodes.push(own);
    const slugs = new Set<string>();
    const children = node.children.flatMap((child) => {
      const its = isObject(child) ? read(child) : undefined;
      if (its?.slug === undefined) {
        fault(path, "no_slug", child);
        return [];
      }
      if (slugs.has(its.slug)) {
        fault(below(path, its.slug), "repeated_node", child);
        return [];
      }
      slugs.add(its.slug);
      return [{ parent: own, slug: its.slug, node: its }];
    });
    waiting.push(...children.toReversed());
  }
  return { key, nodes, faults };
}
