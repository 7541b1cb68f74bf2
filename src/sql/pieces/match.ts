/** Which pieces a selector means. */
import type { Item, ItemOf, Outline } from "./outline.ts";
import { selectorText } from "./selector.ts";
import type { Selector, Step, TableRef } from "./types.ts";

export type Match =
  | { readonly ok: true; readonly items: readonly Item[] }
  | {
      readonly ok: false;
      readonly error: "no_match" | "several_matches";
      readonly message: string;
      readonly candidates: readonly Item[];
    };

/** The pieces that the last step finds; each step before it must have found one. */
export function matches(outline: Outline, selector: Selector): Match {
  let found: readonly Item[] = [];
  let inside: Item | undefined;
  for (const [n, step] of selector.entries()) {
    if (step.select === "index") {
      const chosen = found.slice(step.from, step.to);
      if (chosen.length < step.to - step.from || chosen.length === 0) {
        const all = found.length === 1 ? "there is 1 match" : `there are ${found.length} matches`;
        const message = `${selectorText(selector.slice(0, n))}: ${all}, counted from 0`;
        return { ok: false, error: "no_match", message, candidates: found };
      }
      found = chosen;
      continue;
    }
    if (n > 0) {
      if (found.length > 1) return several(selector.slice(0, n), found);
      inside = found[0];
    }
    const near = outline.items.filter((item) => isIn(item, inside));
    found = near.filter((item) => fits(item, step) && (item.kind !== "body" || isOwnBody(item, inside)));
    if (found.length === 0) return none(near, selector.slice(0, n + 1), step);
    if (step.select === "statement") {
      found = found.slice(step.from, step.to);
      if (found.length < step.to - step.from || found.length === 0) return none(near, selector.slice(0, n + 1), step);
    }
    if ("table" in step && step.table.schema === undefined) {
      const bare = found.filter((item) => schemaOf(item) === undefined);
      if (bare.length > 0) found = bare;
      if (new Set(found.map(schemaOf)).size > 1) return several(selector.slice(0, n + 1), found);
    }
  }
  return { ok: true, items: found };
}

export function several(selector: Selector, candidates: readonly Item[]): Match {
  const message = `${selectorText(selector)} means ${candidates.length} pieces, and one is wanted here`;
  return { ok: false, error: "several_matches", message, candidates };
}

export function isIn(item: Item, around: Item | undefined): boolean {
  if (!around) return true;
  for (let one = item.parent; one; one = one.parent) if (one === around) return true;
  return false;
}

/** Inside of one of these, not counting itself. */
export function isInAny(item: Item, around: ReadonlySet<Item>): boolean {
  for (let one = item.parent; one; one = one.parent) if (around.has(one)) return true;
  return false;
}

/** Not that of an INSERT further in, such as one in a WITH query. */
function isOwnBody({ parent }: Item, around: Item | undefined): boolean {
  if (around) return parent === around || parent?.parent === around;
  return parent?.parent?.kind === "statement";
}

function fits(item: Item, step: Exclude<Step, { readonly select: "index" }>): boolean {
  switch (step.select) {
    case "statement":
    case "body":
      return item.kind === step.select;
    case "cte":
      return item.kind === "cte" && item.name === step.name;
    case "subquery":
      return item.kind === "subquery" && (step.alias === undefined || item.alias === step.alias);
    case "table":
      return item.kind === "table" && isNamed(item, step.table) && hasAlias(item, step.alias);
    case "insert_into":
    case "create_table_as":
      return item.kind === step.select && isNamed(item, step.table);
  }
}

const schemaOf = (item: Item): string | undefined => ("schema" in item ? item.schema : undefined);

/** A name without a schema is found in any; but if the text has it without one, that is meant. */
const isNamed = (item: { readonly schema?: string; readonly name: string }, { schema, name }: TableRef): boolean =>
  item.name === name && (schema === undefined || item.schema === schema);

/** A table without an alias goes by its own name. */
function hasAlias({ range, name }: ItemOf<"table">, wanted: string | undefined): boolean {
  const alias = range.alias as { readonly aliasname?: string } | undefined;
  return wanted === undefined || (alias?.aliasname ?? name) === wanted;
}

function none(near: readonly Item[], selector: Selector, step: Step): Match {
  const wanted =
    "name" in step ? step.name : "table" in step ? step.table.name : "alias" in step ? step.alias : undefined;
  const named = near.filter((item) => wanted !== undefined && nameOf(item) === wanted);
  const kind = step.select;
  const candidates = named.length > 0 ? named : near.filter((item) => item.kind === kind);
  return { ok: false, error: "no_match", message: `${selectorText(selector)} is not there`, candidates };
}

const nameOf = (item: Item): string | undefined =>
  item.kind === "subquery" ? item.alias : "name" in item ? item.name : undefined;

/** Selectors, as texts, that find each of these pieces and nothing else. */
export function selectorsOf(outline: Outline, items: readonly Item[]): readonly string[] {
  const statements = outline.items.filter(({ kind }) => kind === "statement");
  const kinds = new Set(items.map(({ kind }) => kind));
  const groups = new Map<string, Map<Item, number>>();
  const textOf = (item: Item, step: Step): string => {
    const n = statements.indexOf(rootOf(item));
    return selectorText([...(statements.length === 1 ? [] : [statementAt(n)]), step]);
  };
  for (const item of outline.items) {
    if (!kinds.has(item.kind)) continue;
    for (const text of new Set(stepsTo(item).map((step) => textOf(item, step)))) {
      const group = groups.get(text) ?? new Map<Item, number>();
      groups.set(text, group.set(item, group.size));
    }
  }
  return items.map((item) => {
    if (item.kind === "statement") return selectorText([statementAt(statements.indexOf(item))]);
    if (item.kind === "body") return `${selectorsOf(outline, [item.parent!])[0]}.body()`;
    const text = textOf(item, stepsTo(item)[0]!);
    const group = groups.get(text)!;
    return group.size > 1 ? `${text}[${group.get(item)}]` : text;
  });
}

/** By its name only, wherever it stands. */
export const nameText = (item: Item): string => selectorText(stepsTo(item).slice(0, 1));

const statementAt = (n: number): Step => ({ select: "statement", from: n, to: n + 1 });

function rootOf(item: Item): Item {
  let root = item;
  while (root.parent) root = root.parent;
  return root;
}

/** The steps that find it, the most telling first. */
function stepsTo(item: Item): readonly Step[] {
  switch (item.kind) {
    case "statement":
    case "body":
      return [];
    case "cte":
      return [{ select: "cte", name: item.name }];
    case "subquery":
      return [
        ...(item.alias === undefined ? [] : [{ select: "subquery", alias: item.alias } as const]),
        { select: "subquery" },
      ];
    default: {
      const { schema, name } = item;
      return [{ select: item.kind, table: { ...(schema === undefined ? {} : { schema }), name } }];
    }
  }
}
