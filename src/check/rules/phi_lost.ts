import { defineCode, type ExampleFiles } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import { columnText, type ColumnId, type Edge, type Lineage } from "../lineage/graph.ts";
import { type PhiColumn, surePhi, wayTo } from "../lineage/phi.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const members: ExampleFiles = {
  "pipelines/claims/members.yaml":
    "kind: no_op\noutput:\n  table: claims.members\n  columns: [{name: born, type: date, phi: true}]\n",
};
const years = (more: string): ExampleFiles => ({
  "pipelines/claims/years.yaml": `kind: create_table_as\ninputs:\n  - transform: members\noutput:\n  table: claims.years\n  columns:\n    - {name: born_in, type: numeric${more}}\n`,
  "pipelines/claims/years.sql": "SELECT extract(year FROM born) AS born_in FROM claims.members\n",
});

const phiLost = defineCode({
  code: "CTF240",
  name: "phi-lost",
  severity: "error",
  what: "A column takes its value from protected health information, and its definition does not say that it holds any.",
  why: "Whoever reads the definition would believe that the column may be shown to anybody. PHI stays PHI when it is renamed, computed with or counted, until a person has said why not.",
  todo: 'Mark the column `phi: true`. If it holds none, as in a count over many members, write `phi: false` and `declassified: "why"`.',
  fixable: true,
  bad: { ...members, ...years("") },
  good: { ...members, ...years(", phi: true") },
});

export const phiIsLost: Rule = {
  codes: [phiLost],
  check({ lineage }) {
    const all = surePhi(lineage);
    return [...all.values()].flatMap((phi): readonly RuleFinding[] => {
      const relation = lineage.tables.get(phi.id.relation)?.relation;
      if (phi.how !== "flows" || !relation || !("transform" in relation)) return [];
      const { transform } = relation;
      const columns = [...outputPath(transform, relation.index), "columns"];
      const index = relation.output.type === "function" ? -1 : relation.output.columns.indexOf(phi.column);
      const way = wayTo(phi, all);
      const labels = [...way.map(step), { ...declaredAt(way[0]!.from, lineage), message: "declared PHI here" }];
      if (index < 0) {
        const path = outputPath(transform, relation.index);
        const problem = { code: phiLost, path, ...wordsForUndeclared(phi, way), labels };
        return [{ file: transform.file, transform: transform.id, problem }];
      }
      return [
        {
          file: transform.file,
          transform: transform.id,
          problem: {
            code: phiLost,
            path: [...columns, index, phi.column.deniesPhi ? "phi" : "name"],
            ...words(phi, way),
            labels,
          },
          // Somebody who said that it is none has to say why, or to change their mind.
          ...(phi.column.deniesPhi ? {} : { remedy: { type: "mark_phi", columns, index } as const }),
        },
      ];
    });
  },
};

interface Words {
  readonly message: string;
  readonly hint: string;
}

const pathOf = ({ id }: PhiColumn, way: readonly Edge[]): string =>
  [columnText(id), ...way.toReversed().map(({ from }) => columnText(from))].join(" ← ");

const wordsForUndeclared = (phi: PhiColumn, way: readonly Edge[]): Words => ({
  message: `${phi.id.relation} has a column "${phi.id.column}" made from PHI, and declares no columns: ${pathOf(phi, way)}`,
  hint: `List its columns under columns:, this one with "phi: true"; or, if it holds none, "phi: false" and declassified: "why".`,
});

function words(phi: PhiColumn, way: readonly Edge[]): Words {
  const { column } = phi;
  const path = pathOf(phi, way);
  if (column.deniesPhi) {
    return {
      message: `column "${column.name}" is made from PHI and says "phi: false", but not why: ${path}`,
      hint: 'Add declassified: "why it is none", or write "phi: true".',
    };
  }
  return {
    message: `column "${column.name}" is made from PHI, but is not marked as PHI: ${path}`,
    hint: 'Write "phi: true" in it. If it holds none, write "phi: false" and declassified: "why".',
  };
}

const step = ({ from, to, transform, span }: Edge) => ({
  file: transform.file,
  path: [],
  ...(span && { span }),
  message: `${columnText(to)} is made from ${columnText(from)} here`,
});

/** Where the definition of a column says that it is PHI. */
function declaredAt({ relation, column }: ColumnId, { tables }: Lineage) {
  const table = tables.get(relation)!;
  const index = table.columns.findIndex(({ name }) => name === column);
  if ("source" in table.relation) {
    const { file, entry } = table.relation.source;
    return { file, path: ["sources", entry, "columns", index, "phi"] };
  }
  const { transform, index: output } = table.relation;
  return { file: transform.file, path: [...outputPath(transform, output), "columns", index, "phi"] };
}
