/** Helpers for the syntax tree: every node is an object with one key, the name of its type. */
import type { Node, SelectStmt } from "libpg-query";

export type { Node, SelectStmt };
type Keys<T> = T extends unknown ? keyof T : never;
export type NodeName = Keys<Node>;
export type BodyOf<Name extends NodeName> = Extract<Node, Readonly<Record<Name, unknown>>>[Name];

/** `ColumnRef`; undefined for the empty node that stands for nothing. */
export function nameOf(node: Node): NodeName | undefined {
  for (const name in node) return name as NodeName;
  return undefined;
}

/** What stands in the node if it is of that type. */
export function as<Name extends NodeName>(name: Name, node: Node | undefined): BodyOf<Name> | undefined {
  return (node as Partial<Record<Name, BodyOf<Name>>> | undefined)?.[name];
}

/** The names in a list of String nodes; others are left out. */
export function strings(nodes: readonly Node[] | undefined): string[] {
  const found: string[] = [];
  for (const node of nodes ?? []) {
    const name = as("String", node)?.sval;
    if (name !== undefined) found.push(name);
  }
  return found;
}

/** A node, or the body of one, of whatever type. */
export type Tree = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Tree => typeof value === "object" && value !== null;

/** Types of nodes begin with a capital letter, the fields of their bodies do not. */
export const isNodeName = (key: string): key is NodeName & string => key.charCodeAt(0) < 91;

/** What a walk through a tree gives, or something else where the tree is deeper than the stack. */
export function unlessTooDeep<T>(walk: () => T, otherwise: T): T {
  try {
    return walk();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}

/** Every object in a tree, in the order of the text, without going deeper into the stack however deep it is. */
export function eachObject(tree: unknown, visit: (node: Tree) => void): void {
  const open: unknown[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isObject(node)) continue;
    if (!Array.isArray(node)) visit(node);
    for (const value of Object.values(node).toReversed()) if (isObject(value)) open.push(value);
  }
}
