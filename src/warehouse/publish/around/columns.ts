/** What stands on the columns of a published table, held against what CTF set on them. */
import type { TableOutput } from "../../../project/types.ts";
import type { Relation } from "../relation.ts";

/** What CTF set on a column of a table that it built: `not null`, `default`. */
export type SetOnColumns = Readonly<Record<string, readonly string[]>>;

/** As `ctf.output` keeps it: an SQL expression for what stands on a table's columns, before anything is carried over to it. */
export const setOnColumns = (table: string): string => `
(SELECT coalesce(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.to_jsonb(pg_catalog.array_remove(ARRAY[
    CASE WHEN a.attnotnull THEN 'not null' END, CASE WHEN a.atthasdef THEN 'default' END,
    CASE WHEN a.attidentity <> '' THEN 'identity' END], NULL))), '{}')
 FROM pg_catalog.pg_attribute a WHERE a.attrelid = ${table} AND a.attnum > 0 AND NOT a.attisdropped)`;

/** What CTF set, as far as it is known: on a table that it did not build, nothing. */
export const setByCtf = ({ made, setOnColumns: set }: Pick<Relation, "made" | "setOnColumns">): SetOnColumns | null =>
  made === null ? {} : set;

/** What a swap would take from the columns, in the words of a reason. */
export function lostFromColumns(output: TableOutput, { columns, ...old }: Relation): readonly string[] {
  const byCtf = setByCtf(old);
  const declared = new Map(output.columns.map((column) => [column.name, column]));
  const lost = (name: string) => !declared.has(name) && byCtf !== null && !(name in byCtf);
  const identityByHand = (name: string) =>
    declared.get(name)?.identity === undefined && byCtf !== null && !byCtf[name]?.includes("identity");
  return [
    ...columns.names.filter(lost).map((name) => `column ${name} is not in its definition`),
    ...columns.generated
      .filter((name) => declared.has(name))
      .map((name) => `a definition can't say that column ${name} is generated`),
    ...columns.identities
      .filter((name) => declared.has(name) && identityByHand(name))
      .map((name) => `the identity of column ${name} is not in its definition`),
  ];
}
