/** The walk by itself: how to read a node and how to find its children are given. */
import { expect, test } from "vitest";
import { mapNested } from "../../src/library/nested.ts";

type Tree = { readonly [name: string]: Tree | string };

const children = (node: Tree | string): [string, Tree | string][] =>
  typeof node === "string" ? [] : Object.entries(node);
const texts = (node: Tree | string, path: readonly string[]): string[] =>
  typeof node === "string" ? [`${path.join(".")} = ${node}`] : [];

test("pre-order: a node, then each child with all that is below it", () => {
  const tree = { main: { name: "Ada", home: { city: "Newark" } }, notes: "none" };
  expect([...mapNested<Tree | string, string>(tree, texts, children)]).toEqual([
    "main.name = Ada",
    "main.home.city = Newark",
    "notes = none",
  ]);
});

test("it goes no further than it is asked to, and as deep as there is", () => {
  let read = 0;
  const endless = mapNested<number, number>(
    0,
    (node) => (read++, [node]),
    (node) => [["x", node + 1]],
  );
  for (let n = 0; n < 50_000; n++) endless.next();
  expect(read).toBe(50_000);
});
