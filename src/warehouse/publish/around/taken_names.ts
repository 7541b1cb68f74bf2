import { DiagnosticError } from "../../../diagnostics/diagnostic.ts";
import { tableText, type TableName, type TableOutput } from "../../../project/types.ts";
import { rowsOf } from "../../session/batch.ts";
import { nameTaken } from "../codes.ts";
import { qualified } from "../../names.ts";
import type { Work } from "../../work.ts";
import type { Relation } from "../relation.ts";

/** After a publish that failed: whether something else in the target schema has a name that the built table brings. */
export async function takenNames(
  work: Work,
  output: TableOutput,
  built: TableName,
  old: Relation | undefined,
): Promise<DiagnosticError | undefined> {
  const rows = await rowsOf(
    work.client,
    `WITH brought AS (
       SELECT pg_catalog.to_regclass($1)::oid AS oid
       UNION SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = pg_catalog.to_regclass($1)
       UNION SELECT d.objid FROM pg_catalog.pg_depend d WHERE d.refobjid = pg_catalog.to_regclass($1)
         AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'i'
     )
     SELECT DISTINCT pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, t.oid, 0) AS description
     FROM brought b JOIN pg_catalog.pg_class c ON c.oid = b.oid
     JOIN pg_catalog.pg_class t ON t.relname = c.relname
     JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace AND n.nspname = $2
     LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = t.oid
     WHERE t.oid <> $3::bigint::oid AND i.indrelid IS DISTINCT FROM $3::bigint::oid
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = t.oid AND d.refobjid = $3::bigint::oid)`,
    [qualified(built), output.schema, old?.oid ?? 0],
  );
  if (rows.length === 0) return undefined;
  const taken = rows.map((row) => row["description"] as string).join(", ");
  return new DiagnosticError([
    nameTaken({
      message: `${tableText(output)} could not be published: its schema has ${taken} already`,
      span: work.span,
      hint: "Give the index or key a name of its own in the definition, or rename the other.",
    }),
  ]);
}
