/** A form whose answers a person listed by hand. */
import type { FormPath } from "../../../plan/types.ts";
import { slugsOf } from "../paths.ts";
import type { Form, Reading } from "./form.ts";
import { readForm, type SchemaNode } from "./tree.ts";

interface Branch {
  readonly slug: string;
  readonly children: Branch[];
  leaf?: FormPath;
}

export function formOfPaths(key: string, paths: readonly FormPath[], reading: Reading): Form {
  const root: Branch = { slug: "", children: [] };
  for (const leaf of paths) {
    let at = root;
    for (const slug of slugsOf(leaf.path)) {
      let next = at.children.find((child) => child.slug === slug);
      if (!next) at.children.push((next = { slug, children: [] }));
      at = next;
    }
    at.leaf = leaf;
  }
  const read = (node: Readonly<Record<string, unknown>>): SchemaNode => {
    const { slug, children, leaf } = node as unknown as Branch;
    return {
      slug,
      children,
      type: leaf?.type,
      tag: leaf?.tag,
      labels: leaf?.label === undefined ? {} : { "": leaf.label },
      show: undefined,
      viewOnly: false,
    };
  };
  return readForm(key, { ...root }, read, reading);
}
