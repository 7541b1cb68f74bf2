/** ctf.environment_schema: the schemas that CTF made for environments. Nothing is ever written into another one. */
import type pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Plan, PlannedTransform } from "../../plan/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { notOurSchema } from "./codes.ts";
import { RECORDS_LOCK } from "../session/locks.ts";
import { identifier } from "../names.ts";

/**
 * Makes those that the plan needs and that are not there, and records them. @throws DiagnosticError where one is there and
 * was not made for this environment
 */
export async function makeEnvironmentSchemas(client: pg.Client, plan: Plan): Promise<void> {
  const { project, target, prefix = "" } = plan;
  const schemas = [...new Set(plan.transforms.flatMap(schemasOf))].sort();
  const strange = (
    await rowsOf(
      client,
      `SELECT n.nspname AS name, e.target FROM pg_catalog.pg_namespace n
       LEFT JOIN ctf.environment_schema e ON e.name = n.nspname AND e.schema = n.oid
       WHERE n.nspname = ANY ($1) AND (e.prefix, e.project) IS DISTINCT FROM ($2, $3) ORDER BY n.nspname`,
      [schemas, prefix, project],
    )
  ).map(({ name, target: other }) =>
    notOurSchema({
      message: `schema ${name as string} is in the warehouse, and CTF did not make it for target ${target}${other ? ` but for ${other as string}` : ""}`,
      hint: `Give the target another prefix than ${prefix}, or drop the schema if nobody needs it.`,
    }),
  );
  if (strange.length > 0) throw new DiagnosticError(strange);
  const there = await rowsOf(client, "SELECT nspname AS name FROM pg_catalog.pg_namespace WHERE nspname = ANY ($1)", [
    schemas,
  ]);
  const known = new Set(there.map(({ name }) => name as string));
  for (const schema of schemas.filter((name) => !known.has(name))) {
    await batch(client, [
      { text: "BEGIN" },
      // Two runs that begin at once make the same ones.
      { text: "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)", values: [RECORDS_LOCK] },
      { text: `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}` },
      {
        text: `INSERT INTO ctf.environment_schema (name, schema, project, prefix, target)
               SELECT n.nspname, n.oid, $2, $3, $4 FROM pg_catalog.pg_namespace n WHERE n.nspname = $1
               ON CONFLICT (name) DO UPDATE SET schema = excluded.schema, project = excluded.project, prefix = excluded.prefix,
                 target = excluded.target, made_at = now()`,
        values: [schema, project, prefix, target],
      },
      { text: "COMMIT" },
    ]);
  }
}

/** Those of its outputs, and those that its statements name: they may make one themselves. */
function schemasOf({ action, writesOnlyIn = [] }: PlannedTransform): readonly string[] {
  const outputs = "output" in action ? [action.output] : action.outputs;
  const named = new Set(outputs.flatMap((output) => (output.type === "file" ? [] : [output.schema])));
  const texts = action.type === "run_statements" ? action.statements.map(({ text }) => text) : [];
  return writesOnlyIn.filter((schema) => named.has(schema) || texts.some((text) => text.includes(schema)));
}
