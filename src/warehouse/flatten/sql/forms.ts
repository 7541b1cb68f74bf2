/** The forms, as tables that the documents are joined with. */
import type pg from "pg";
import { batch } from "../../batch.ts";
import { copyRecords } from "../../load/copy.ts";
import { qualified } from "../../names.ts";
import type { Form, FormNode } from "../forms/form.ts";
import { CLASSES } from "./fits.ts";
import { analyze, type Helpers } from "./helpers.ts";

/** A node's number in the whole table is `base` of its form and its own together. */
export async function storeForms(client: pg.Client, forms: readonly Form[], helpers: Helpers): Promise<void> {
  const levels = Array.from({ length: deepest(forms) }, (_, n) => `s${n + 1} text`);
  await batch(client, [
    { text: `CREATE UNLOGGED TABLE ${qualified(helpers.forms)} (no int, key text, root int)` },
    {
      text: `CREATE UNLOGGED TABLE ${qualified(helpers.nodes)} (${[
        "id int",
        "form int",
        "parent int",
        "slug text",
        "path text",
        "depth int",
        "section bool",
        "question bool",
        "class int2",
        "answer_type text",
        "tag text",
        "ignored bool",
        ...levels,
      ].join(", ")})`,
    },
  ]);
  let base = 0;
  const bases = forms.map(({ nodes }) => {
    const own = base;
    base += nodes.length;
    return own;
  });
  const formRows = forms.map(({ key }, no) => ({ values: [String(no), key, String(bases[no])] }));
  const nodeRows = forms.flatMap(({ nodes }, no) =>
    nodes.map((node) => ({ values: nodeRow(node, nodes, no, bases[no]!, levels.length) })),
  );
  await copyRecords(client, `COPY ${qualified(helpers.forms)}`, formRows);
  await copyRecords(client, `COPY ${qualified(helpers.nodes)}`, nodeRows);
  await batch(client, [
    { text: `CREATE INDEX ON ${qualified(helpers.nodes)} (parent, slug)` },
    analyze(helpers.forms),
    analyze(helpers.nodes),
  ]);
}

/** How many slugs the longest path to a section has. */
export const deepest = (forms: readonly Form[]): number =>
  forms.reduce(
    (most, { nodes }) => nodes.reduce((own, { section, depth }) => (section ? Math.max(own, depth) : own), most),
    0,
  );

function nodeRow(
  node: FormNode,
  nodes: readonly FormNode[],
  form: number,
  base: number,
  levels: number,
): readonly (string | null)[] {
  const { id, parent, slug, path, depth, section, answer, tag, ignored } = node;
  const way: (string | null)[] = Array<null>(levels).fill(null);
  if (section)
    for (let at: FormNode | undefined = node; at?.parent !== undefined; at = nodes[at.parent])
      way[at.depth - 1] = at.slug;
  return [
    String(base + id),
    String(form),
    parent === undefined ? null : String(base + parent),
    slug,
    path,
    String(depth),
    String(section),
    String(answer !== undefined),
    answer ? String(CLASSES.indexOf(answer.is)) : null,
    answer?.type ?? null,
    tag ?? null,
    String(ignored),
    ...way,
  ];
}
