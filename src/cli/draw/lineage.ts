/** A column's lineage for people: a tree upwards and one downwards, or a Mermaid flowchart. */
import { columnText, type ColumnId, type Edge, type How, type Lineage } from "../../check/lineage/graph.ts";
import type { Span } from "../../diagnostics/diagnostic.ts";
import { fit, type Style } from "../terminal/style.ts";
import { type Branch, edgesIn, onlyDecides } from "./trace_column.ts";

export interface Traced {
  readonly id: ColumnId;
  readonly up?: Branch;
  readonly down?: Branch;
}

export function drawLineage(
  { id, up, down }: Traced,
  lineage: Lineage,
  style: Style,
  width?: number,
): readonly string[] {
  const column = lineage.columnOf(id);
  const facts = [column?.type, column?.phi && "PHI", placeText(id, lineage)].filter(Boolean);
  const lines = [
    `${style.bold(columnText(id))}  ${style.dim(facts.join(", "))}`,
    ...(column?.description === undefined ? [] : [column.description.trim()]),
    ...(up ? section("Comes from", up, "nothing that CTF knows", lineage, style) : []),
    ...(down ? section("Goes to", down, "no other column", lineage, style) : []),
  ];
  return width === undefined ? lines : lines.map((line) => fit(line, width));
}

function section(title: string, root: Branch, none: string, lineage: Lineage, style: Style): readonly string[] {
  const lines = ["", style.bold(title)];
  if (root.branches.length === 0) return [...lines, style.dim(`  ${none}`)];
  const open = [{ branch: root, guide: "", inner: "" }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { branch, guide, inner } = next;
    if (branch.edge) lines.push(`  ${style.dim(guide)}${branchText(branch, branch.edge, lineage, style)}`);
    const below = withRowsTogether(branch.branches).map((child, i, { length }) => {
      const isLast = i === length - 1;
      const dash = onlyDecides(child.edge!) ? "┄ " : "─ ";
      return {
        branch: child,
        guide: inner + (isLast ? "└" : "├") + dash,
        inner: inner + (isLast ? "   " : "│  "),
      };
    });
    open.push(...below.toReversed());
  }
  return lines;
}

/** Upwards, the columns of one table that decide which rows there are share a line. */
function withRowsTogether(branches: readonly Branch[]): readonly Branch[] {
  const together = new Map<string, Branch>();
  for (const branch of branches) {
    const { id, edge } = branch;
    const isRow = edge?.how === "rows" && id.column !== "*";
    const key = isRow ? id.relation : columnText(id);
    const known = isRow ? together.get(key) : undefined;
    const column = known ? `${known.id.column}, ${id.column}` : id.column;
    together.set(key, { ...branch, id: { ...id, column } });
  }
  return [...together.values()];
}

const HOW: Readonly<Record<How, string>> = {
  copy: "",
  value: "",
  decides: "only decides",
  rows: "only decides which rows",
  declared: "perhaps: an input by declaration",
};

function branchText({ id, isRepeated }: Branch, edge: Edge, lineage: Lineage, style: Style): string {
  const name =
    id.column === "*" ? `${id.relation} (${edge.how === "rows" ? "its rows" : "any column"})` : columnText(id);
  const phi = lineage.columnOf(id)?.phi ? "PHI" : "";
  const facts = [phi, HOW[edge.how], isRepeated && "see above", placeText(id, lineage)].filter(Boolean);
  return `${onlyDecides(edge) ? style.dim(name) : name}  ${style.dim(facts.join(", "))}`;
}

/** Who makes it, where the table's name does not say that already, and where. */
function placeText(id: ColumnId, lineage: Lineage): string {
  const relation = lineage.tables.get(id.relation)?.relation;
  if (!relation) return "not in the project";
  if ("source" in relation) return `source ${relation.source.sourceName} in ${relation.source.file}`;
  const { transform } = relation;
  const { file, start } = expressionOf(id, lineage) ?? { file: transform.codeFile ?? transform.file };
  const place = start ? `${file}:${start.line}:${start.column}` : file;
  return transform.id === id.relation ? place : `${transform.id} in ${place}`;
}

/** Where the expression stands that gives a column its value. */
export const expressionOf = (id: ColumnId, lineage: Lineage): Span | undefined =>
  id.column === "*" ? undefined : lineage.up(id).find(({ span }) => span)?.span;

/** Solid: its value; dotted: it only decides, or is an input by declaration. */
export function lineageMermaid({ id, up, down }: Traced): readonly string[] {
  const nodes = new Map<string, string>();
  const node = (text: string): string => {
    const known = nodes.get(text) ?? `n${nodes.size}`;
    nodes.set(text, known);
    return known;
  };
  node(columnText(id));
  const edges = [up, down].flatMap((root) => (root ? edgesIn(root) : []));
  const arrows = edges.map((edge) => {
    const isSure = edge.how === "copy" || edge.how === "value";
    const arrow = isSure ? "-->" : `-. ${edge.how} .->`;
    return `  ${node(columnText(edge.from))} ${arrow} ${node(columnText(edge.to))}`;
  });
  return [
    "flowchart LR",
    ...[...nodes].map(([text, name]) => `  ${name}["${text.replaceAll('"', "#quot;")}"]`),
    ...arrows,
  ];
}
