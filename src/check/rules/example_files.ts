/** Pieces of the small projects that show what a rule finds. */
import type { ExampleFiles } from "../../diagnostics/diagnostic.ts";

/** A table that something else makes, with one column. `more` stands in the output. */
export const made = (pipeline: string, name: string, more = ""): ExampleFiles => ({
  [`pipelines/${pipeline}/${name}.yaml`]: `kind: no_op\noutput:\n  table: ${pipeline}.${name}\n  columns: [{name: claim_id, type: bigint}]\n${more}`,
});

/** A table made by a SELECT. `inputs` are lines of YAML. */
export const selected = (pipeline: string, name: string, inputs: string, select: string): ExampleFiles => ({
  [`pipelines/${pipeline}/${name}.yaml`]: `kind: create_table_as\n${inputs}output:\n  table: ${pipeline}.${name}\n  columns: [{name: claim_id, type: bigint}]\n`,
  [`pipelines/${pipeline}/${name}.sql`]: `${select}\n`,
});

/** A transform of statements. `outputs` are lines of YAML. */
export const statements = (pipeline: string, name: string, outputs: string, sql: string): ExampleFiles => ({
  [`pipelines/${pipeline}/${name}.yaml`]: `kind: sql\n${outputs}`,
  [`pipelines/${pipeline}/${name}.sql`]: `${sql}\n`,
});

export const pipeline = (name: string, owner: string): ExampleFiles => ({
  [`pipelines/${name}/pipeline.yaml`]: `description: About ${name}.\nowners: [${owner}]\n`,
});
