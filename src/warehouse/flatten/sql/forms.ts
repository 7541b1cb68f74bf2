/** The forms, as tables that the documents are joined with. */
import type pg from "pg";
import { batch } from "../../session/batch.ts";
import { copyRecords } from "../../load/copy.ts";
import { qualified } from "../../names.ts";
import type { Form, FormNode } from "../forms/form.ts";
import { CLASSES } from "./fits.ts";
import { analyze, type Helpers } from "./helpers.ts";

const NODES = [
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
].join(", ");

/** A node's number in the whole table is `base` of its form and its own together. */
export async function storeForms(client: pg.Client, forms: readonly Form[], helpers: Helpers): Promise<void> {
  const levels = Array.from({ length: deepest(forms) }, (_, n) => `s${n + 1} text`);
  const [nodes, sections, asked] = [qualified(helpers.nodes), qualified(helpers.sections), qualified(helpers.asked)];
  await batch(client, [
    { text: `CREATE UNLOGGED TABLE ${qualified(helpers.forms)} (no int, key text, root int)` },
    { text: `CREATE UNLOGGED TABLE ${nodes} (${NODES})` },
    {
      text: `CREATE UNLOGGED TABLE ${sections} (${["id int", "form int", "depth int", "asks bool", ...levels].join(", ")})`,
    },
  ]);
  let base = 0;
  const bases = forms.map(({ nodes: own }) => {
    const first = base;
    base += own.length;
    return first;
  });
  const rows = <T>(make: (form: Form, no: number, base: number) => readonly T[]): readonly T[] =>
    forms.flatMap((form, no) => make(form, no, bases[no]!));
  await copyRecords(
    client,
    `COPY ${qualified(helpers.forms)}`,
    rows(({ key }, no, first) => [{ values: [String(no), key, String(first)] }]),
  );
  await copyRecords(
    client,
    `COPY ${nodes}`,
    rows((form, no, first) => form.nodes.map((node) => ({ values: nodeRow(node, no, first) }))),
  );
  await copyRecords(
    client,
    `COPY ${sections}`,
    rows((form, no, first) => sectionRows(form, no, first, levels.length)),
  );
  await batch(client, [
    {
      text: `CREATE UNLOGGED TABLE ${asked} AS SELECT q.parent AS section, q.slug, q.class, q.path, q.answer_type, q.tag
        FROM ${nodes} q WHERE q.question AND NOT q.ignored`,
    },
    { text: `CREATE INDEX ON ${nodes} (parent, slug)` },
    { text: `CREATE INDEX ON ${nodes} (id)` },
    { text: `CREATE INDEX ON ${sections} (form)` },
    { text: `CREATE INDEX ON ${asked} (section)` },
    ...[helpers.forms, helpers.nodes, helpers.sections, helpers.asked].map((table) => analyze(table)),
  ]);
}

/** How many slugs the longest path to a section has. */
export const deepest = (forms: readonly Form[]): number =>
  forms.reduce(
    (most, { nodes }) => nodes.reduce((own, { section, depth }) => (section ? Math.max(own, depth) : own), most),
    0,
  );

function nodeRow(
  { id, parent, slug, path, depth, section, answer, tag, ignored }: FormNode,
  form: number,
  base: number,
): readonly (string | null)[] {
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
  ];
}

/** With the slugs on the way there, and whether it asks for an answer itself. */
function sectionRows({ nodes }: Form, form: number, base: number, levels: number) {
  const asking = new Set(nodes.flatMap(({ parent, answer, ignored }) => (answer && !ignored ? [parent] : [])));
  return nodes
    .filter(({ section }) => section)
    .map((node) => {
      const way: (string | null)[] = Array<null>(levels).fill(null);
      for (let at: FormNode | undefined = node; at?.parent !== undefined; at = nodes[at.parent])
        way[at.depth - 1] = at.slug;
      const { id, depth } = node;
      return { values: [String(base + id), String(form), String(depth), String(asking.has(id)), ...way] };
    });
}
