import type { Command } from "commander";
import { columnText, type Lineage, type LineageTable } from "../../check/lineage/graph.ts";
import { loadLineage } from "../../check/lineage/load.ts";
import { type PhiColumn, phiColumns } from "../../check/lineage/phi.ts";
import { ownersOf } from "../../check/relations.ts";
import type { CliContext } from "../context.ts";
import { counted } from "../terminal/numbers.ts";
import { mentionProblems, writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";

/** Roles that the definitions let read a table, beside its owner. */
function readersOf({ relation }: LineageTable): readonly string[] {
  if ("source" in relation) return [];
  const { output } = relation;
  if (output.type !== "table" && output.type !== "view") return [];
  const reads = (privilege: string) => /^(select|all)\b/i.test(privilege);
  return output.grants.flatMap(({ role, privileges }) => (privileges.some(reads) ? [role] : []));
}

interface PhiRow {
  readonly phi: PhiColumn;
  readonly table: LineageTable;
  readonly readers: readonly string[];
}

function rowsOf(lineage: Lineage): readonly PhiRow[] {
  const found = [...phiColumns(lineage).values()].map((phi) => {
    const table = lineage.tables.get(phi.id.relation)!;
    return { phi, table, readers: readersOf(table) };
  });
  // Sources first, then by table; columns stay in the order of their table.
  const order = new Map([...lineage.tables.keys()].map((text, i) => [text, i]));
  return found.sort((a, b) => {
    if (a.table !== b.table) return order.get(a.table.text)! - order.get(b.table.text)!;
    return a.table.columns.indexOf(a.phi.column) - b.table.columns.indexOf(b.phi.column);
  });
}

/** Columns that are made from PHI and whose definition says why they are none. */
const declassifiedIn = (lineage: Lineage) =>
  [...lineage.tables.values()].flatMap((table) =>
    table.columns.flatMap(({ name, declassified }) =>
      declassified === undefined ? [] : [{ id: { relation: table.text, column: name }, because: declassified }],
    ),
  );

/** docs/json.md describes it. */
const phiJson = (rows: readonly PhiRow[], lineage: Lineage) => ({
  columns: rows.map(({ phi, table: { text, relation }, readers }) => ({
    column: columnText(phi.id),
    table: text,
    name: phi.id.column,
    transform: "transform" in relation ? relation.transform.id : null,
    source: "source" in relation ? relation.source.sourceName : null,
    owners: ownersOf(relation),
    how: phi.how,
    from: phi.edge ? columnText(phi.edge.from) : null,
    readers,
  })),
  declassified: declassifiedIn(lineage).map(({ id, because }) => ({ column: columnText(id), because })),
});

export function register(program: Command, context: CliContext): void {
  program
    .command("phi")
    .summary("list the columns with protected health information")
    .description(
      "Lists every column that holds protected health information: declared so, made from it, or possibly made from it " +
        "where nobody can look inside (python, sql, load); with its owners and the roles that the definitions let read it.",
    )
    .option("--json", "print JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { project, diagnostics } = await context.loadProject();
      const lineage = await loadLineage(project);
      const rows = rowsOf(lineage);
      if (json) writeJson(context, phiJson(rows, lineage));
      else if (rows.length === 0) {
        context.stderr.write('No column is marked as PHI. Write "phi: true" in a column of a source or an output.\n');
      } else {
        const columns = [
          { title: "column", min: 24 },
          { title: "how", min: 12 },
          { title: "owners", min: 8 },
          { title: "readers", min: 8 },
        ];
        const cells = rows.map(({ phi, table, readers }) => [
          columnText(phi.id),
          howText(phi),
          ownersOf(table.relation),
          "source" in table.relation ? "not CTF's to say" : readers,
        ]);
        const width = context.isTTY.stdout ? context.stdout.columns : undefined;
        const lines = [...table(columns, cells, styleFor(context.color), width), ...declassifiedText(lineage)];
        context.stdout.write(`${lines.join("\n")}\n`);
      }
      mentionProblems(context, diagnostics);
    });
}

function howText({ how, edge }: PhiColumn): string {
  if (!edge) return "declared";
  return `${how === "flows" ? "made from" : "possibly from"} ${columnText(edge.from)}`;
}

function declassifiedText(lineage: Lineage): readonly string[] {
  const found = declassifiedIn(lineage);
  if (found.length === 0) return [];
  const lines = found.map(({ id, because }) => `  ${columnText(id)}: ${because}`);
  return ["", `Declassified, ${counted(found.length, "column")}:`, ...lines];
}
