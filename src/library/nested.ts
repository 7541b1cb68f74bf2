/** What `clover-ctf/nested` exports: one walk for any nested data. */

/** A node below another, and the name that leads to it. */
export type Child<Node> = readonly [name: string, node: Node];

/**
 * Walks a tree in pre-order, and gives what `items` finds in each node: first in the node itself, then in its children, one
 * after the other, each with all that is below it. It holds no more than the way to where it is, however large the tree.
 *
 * @param tree the root; its own name is in no path
 * @param items reads a node: what it gives is passed on. `path` are the names on the way to it, as long as it is read
 * @param children finds the nodes below, each with its name
 */
export function* mapNested<Node, Item>(
  tree: Node,
  items: (node: Node, path: readonly string[]) => Iterable<Item>,
  children: (node: Node, path: readonly string[]) => Iterable<Child<Node>>,
): Generator<Item, void> {
  const path: string[] = [];
  yield* items(tree, path);
  const ways = [children(tree, path)[Symbol.iterator]()];
  while (ways.length > 0) {
    const next = ways.at(-1)!.next();
    if (next.done) {
      ways.pop();
      path.pop();
      continue;
    }
    const [name, node] = next.value;
    path.push(name);
    yield* items(node, path);
    ways.push(children(node, path)[Symbol.iterator]());
  }
}

/** What a document is made of. A whole number beyond 2^53 is a bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [name: string]: JsonValue };

/**
 * The function that a flatten's `map:` names, as in `export const clean: MapNode = (path, value) => value`. It is called for
 * each node of a document, from the top down; what it gives takes the value's place, and its members are walked on.
 *
 * @param path as in `schema_path`; "" for the document itself
 */
export type MapNode = (path: string, value: JsonValue) => JsonValue;
