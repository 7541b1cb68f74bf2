/** Both engines make the same of everything: what a naive walk, written here without a look at either, says. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import type { Warehouse } from "../support/warehouse.ts";
import { definition, flatten, submit } from "./support.ts";

interface Node {
  readonly slug?: string;
  readonly answerType?: string;
  readonly tag?: string;
  readonly children?: readonly Node[];
}
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const IGNORED = ["gone", "a.b"];
const slugs = [
  "a",
  "b",
  "c",
  "0",
  "1",
  "a.b",
  'q"',
  "back\\slash",
  "ünï 漢",
  "gone",
  "constructor",
  "__proto__x",
  "-1",
];
const slug = fc.constantFrom(...slugs);
const type = fc.constantFrom("text", "number", "boolean", "date", "numberArray", "phone");

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record(
    {
      slug: fc.oneof({ weight: 20, arbitrary: slug }, fc.constant("")),
      answerType: type,
      tag: fc.constantFrom("t1", "t.2"),
      children: fc.array(tie("node"), { maxLength: 5, depthIdentifier: "form" }),
    },
    { requiredKeys: ["slug"] },
  ),
}));
const form: fc.Arbitrary<Node> = fc.record({
  slug: fc.constant("root"),
  children: fc.array(node, { maxLength: 6, depthIdentifier: "form" }),
});

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -1.5,
    42,
    "",
    "x",
    "true",
    "12",
    "-3.50",
    "1e3",
    "007",
    "2020-02-29",
    "2019-02-29",
    "2018-12-31",
    "0000-01-01",
    'tab\t"quote" \\ \n\r line',
    "{}",
    "[",
    "漢\u{1F600}",
  ),
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !text.includes("\0")),
  fc.integer(),
);
const anything: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(slug, tie("json"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json;

/** Mostly what the form asks for, and sometimes something else. */
const answersOf = (at: Node): fc.Arbitrary<Json> => {
  const section = (at.children ?? []).length > 0;
  const inside = fc
    .record(Object.fromEntries((at.children ?? []).map((child) => [child.slug ?? "", answersOf(child)])), {
      requiredKeys: [],
      noNullPrototype: true,
    })
    .chain((known) =>
      fc
        .dictionary(slug, anything, { maxKeys: 1, noNullPrototype: true })
        .map((more) => ({ ...more, ...known }) as Json),
    );
  const own = section ? inside : scalar;
  return fc.oneof(
    { weight: 8, arbitrary: own },
    { weight: 2, arbitrary: fc.array(own, { maxLength: 3 }) },
    { weight: 1, arbitrary: anything },
  );
};

const rootAnswers = (root: Node): fc.Arbitrary<Json> =>
  fc.record(Object.fromEntries((root.children ?? []).map((child) => [child.slug ?? "", answersOf(child)])), {
    requiredKeys: [],
    noNullPrototype: true,
  }) as fc.Arbitrary<Json>;

const world = fc.tuple(form, form).chain(([f, g]) =>
  fc.record({
    f: fc.constant(f),
    g: fc.constant(g),
    documents: fc.array(
      fc.oneof(
        rootAnswers(f).map((json) => ["f", json] as const),
        rootAnswers(g).map((json) => ["g", json] as const),
        anything.map((json) => ["f", json] as const),
        fc.tuple(fc.constantFrom(null, "h"), anything),
      ),
      { minLength: 1, maxLength: 12 },
    ),
  }),
);

const escaped = (text: string) => text.replace(/[\\."]/g, (c) => `\\${c}`);
const join = (path: string, name: string) => (path === "" ? "" : `${path}.`) + escaped(name);
const isObject = (json: Json): json is { readonly [key: string]: Json } =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** `key path[index] …` of each leaf. */
function naive(root: Node, key: number, json: Json): { events: string[]; rejects: string[]; ignored: number } {
  const events: string[] = [];
  const rejects: string[] = [];
  let ignored = 0;
  const isIgnored = (path: string) => IGNORED.some((one) => path === one || path.startsWith(`${one}.`));
  const put = (list: string[], path: string, index: number[], text: string) =>
    isIgnored(path) ? void ignored++ : void list.push(`${key} ${path}[${index.join(".")}] ${text}`);
  const lost = (path: string, index: number[], value: Json, reason: string): void => {
    if (Array.isArray(value)) value.forEach((item: Json, n) => lost(path, [...index, n + 1], item, reason));
    else if (isObject(value))
      for (const [name, item] of Object.entries(value)) lost(join(path, name), index, item, reason);
    else put(rejects, path, index, `${reason} ${JSON.stringify(value)}`);
  };
  const childrenOf = (at: Node): Map<string, Node> => {
    const map = new Map<string, Node>();
    for (const child of at.children ?? []) if (child.slug && !map.has(child.slug)) map.set(child.slug, child);
    return map;
  };
  const visit = (at: Node, isRoot: boolean, path: string, index: number[], value: Json, inList: boolean): void => {
    const section = isRoot || (at.children ?? []).length > 0;
    if (Array.isArray(value)) {
      value.forEach((item: Json, n) =>
        inList
          ? lost(path, [...index, n + 1], item, "list_in_list")
          : visit(at, isRoot, path, [...index, n + 1], item, true),
      );
    } else if (isObject(value)) {
      if (!section) return lost(path, index, value, at.answerType ? "not_an_answer" : "not_a_question");
      const children = childrenOf(at);
      for (const [name, item] of Object.entries(value)) {
        const child = children.get(name);
        if (child) visit(child, false, join(path, name), index, item, false);
        else lost(join(path, name), index, item, "unknown_path");
      }
    } else if (!at.answerType) put(rejects, path, index, `not_a_question ${JSON.stringify(value)}`);
    else if (!suits(value, at.answerType)) put(rejects, path, index, `misfit ${JSON.stringify(value)}`);
    else put(events, path, index, [value === null ? "NULL" : String(value), at.answerType, at.tag ?? "-"].join(" "));
  };
  visit(root, true, "", [], json, false);
  return { events, rejects, ignored };
}

function suits(value: Json, answerType: string): boolean {
  if (value === null) return true;
  switch (answerType) {
    case "number":
    case "numberArray":
      return (
        typeof value === "number" ||
        (typeof value === "string" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) && !/^-?0\d/.test(value))
      );
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "date": {
      if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith("0000")) return false;
      const day = new Date(`${value}T00:00:00Z`);
      return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
    }
    default:
      return true;
  }
}

const found = async (w: Warehouse, table: string) => ({
  events: (
    await w.rows(
      `SELECT submission_id || ' ' || schema_path || '[' || array_to_string(item_index, '.') || '] ' || concat_ws(' ', coalesce(value, 'NULL'), answer_type, coalesce(tag, '-')) AS t FROM dwh.${table}`,
    )
  )
    .map((row) => row["t"] as string)
    .sort(),
  rejects: (
    await w.rows(
      `SELECT document || ' ' || coalesce(path || '[' || array_to_string(item_index, '.') || '] ' || reason || ' ' || raw, reason) AS t FROM dwh.${table}_rejects WHERE document IS NOT NULL`,
    )
  )
    .map((row) => row["t"] as string)
    .sort(),
});

for (const major of testMajors) {
  test(`PostgreSQL ${major}: the naive walk, the one statement and the stream agree`, async () => {
    const w = await flatten({
      major,
      json: major === 15 ? "json" : "jsonb",
      documents: [],
      more: `ignore: [${IGNORED.join(", ")}]`,
    });
    w.write({
      "u.yaml": definition({ more: `ignore: [${IGNORED.join(", ")}]\nengine: stream` }).replace(
        "dwh.response_events",
        "dwh.streamed_events",
      ),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ f, g, documents }) => {
        await w.client.query("TRUNCATE clinic.form_schemas, clinic.form_responses");
        for (const [id, one] of [
          ["f", f],
          ["g", g],
        ] as const) {
          await w.client.query("INSERT INTO clinic.form_schemas VALUES ($1, $2)", [id, JSON.stringify(one)]);
        }
        await submit(
          w,
          documents.map(([id, json]) => [id, JSON.stringify(json)] as const),
        );
        const result = await w.publish();
        const expected = documents.map(([id, json], n) => {
          if (!isObject(json)) return { events: [], rejects: [`${n + 1} not_an_object`], ignored: 0 };
          if (id !== "f" && id !== "g") return { events: [], rejects: [`${n + 1} unknown_form`], ignored: 0 };
          return naive(id === "f" ? f : g, n + 1, json);
        });
        const events = expected.flatMap((one) => one.events).sort();
        const rejects = expected.flatMap((one) => one.rejects).sort();
        expect(await found(w, "response_events")).toEqual({ events, rejects });
        expect(await found(w, "streamed_events")).toEqual({ events, rejects });
        const ignored = expected.reduce((sum, one) => sum + one.ignored, 0);
        const counts = {
          read: events.length + rejects.length + ignored,
          rows: events.length,
          rejected: rejects.length,
          ignored,
        };
        for (const transform of result.transforms) expect(transform.counts).toMatchObject(counts);
      }),
      { numRuns: 25 },
    );
  });
}
