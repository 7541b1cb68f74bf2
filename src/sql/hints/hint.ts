/** A hint: SQL that is valid, and most likely not what its author meant. */
import type { Code as DiagnosticCode, ExampleFiles } from "../../diagnostics/diagnostic.ts";
import type { Analysed } from "../lineage/lineage.ts";

export interface Hint {
  readonly code: DiagnosticCode;
  /** A SELECT that gets the hint, and how it is meant. */
  readonly bad: string;
  readonly good: string;
  readonly find: (analysed: Analysed) => readonly Finding[];
}

export interface Finding {
  /** In UTF-8 bytes of the text. */
  readonly offset: number;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

const TABLES: Readonly<Record<string, string>> = {
  members: "{name: member_id, type: bigint}, {name: last_name, type: text}",
  claims:
    '{name: claim_id, type: bigint, not_null: true}, {name: member_id, type: bigint}, {name: paid, type: "numeric(12,2)"}, {name: status, type: text}',
};

/** A project whose one SELECT is this, on tables h.members and h.claims. */
export function exampleOf(select: string): ExampleFiles {
  const tables = Object.keys(TABLES).filter((name) => select.includes(`h.${name}`));
  const inputs = tables.map((name) => `  - transform: ${name}\n`).join("");
  return {
    "pipelines/h/pipeline.yaml": "owners: [health@clover.example]\n",
    ...Object.fromEntries(
      tables.map((name) => [
        `pipelines/h/${name}.yaml`,
        `kind: no_op\noutput:\n  table: h.${name}\n  columns: [${TABLES[name]}]\n`,
      ]),
    ),
    "pipelines/h/example.yaml": `kind: create_table_as\ninputs:\n${inputs}output:\n  table: h.example\n  columns: [{name: member_id, type: bigint}]\n`,
    "pipelines/h/example.sql": `${select}\n`,
  };
}
