/**
 * What people have set on a published relation beside its definition is read as the statements that set it on its successor.
 * PostgreSQL writes them itself: each query gives one a row, in column `statement`. $1 is the old table's oid, $2 the new
 * one's name, quoted.
 */
export const OLD = "$1::bigint::oid";
export const NEW = "pg_catalog.to_regclass($2)";

/** The new table has a column of that name. */
export const onNew = (attribute: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = ${NEW} AND n.attname = ${attribute} AND NOT n.attisdropped)`;

/** What follows FROM, up to a condition: the old table's indexes (o) with those of the same name on the new one (n). */
export const sameIndexes = (joined = ""): string => `
  pg_catalog.pg_index o JOIN pg_catalog.pg_class oc ON oc.oid = o.indexrelid
  JOIN pg_catalog.pg_index n ON n.indrelid = ${NEW} JOIN pg_catalog.pg_class nc ON nc.oid = n.indexrelid AND nc.relname = oc.relname ${joined}
WHERE o.indrelid = ${OLD}`;

/** The same for extended statistics (o) with those of the same name on the new one (n). */
export const sameStatistics = (): string => `
  pg_catalog.pg_statistic_ext o JOIN pg_catalog.pg_statistic_ext n ON n.stxrelid = ${NEW} AND n.stxname = o.stxname
  JOIN pg_catalog.pg_namespace ns ON ns.oid = n.stxnamespace
WHERE o.stxrelid = ${OLD}`;

const sequenceOf = (column: string, alias: string) =>
  `JOIN pg_catalog.pg_depend ${alias}d ON ${alias}d.classid = 'pg_catalog.pg_class'::regclass AND ${alias}d.refclassid = 'pg_catalog.pg_class'::regclass
     AND ${alias}d.refobjid = ${column}.attrelid AND ${alias}d.refobjsubid = ${column}.attnum AND ${alias}d.deptype = 'i'
   JOIN pg_catalog.pg_class ${alias} ON ${alias}.oid = ${alias}d.objid AND ${alias}.relkind = 'S'`;

/** The same for the sequences (o) of identity columns, with those of the same columns of the new table (n). */
export const sameSequences = (joined = ""): string => `
  pg_catalog.pg_attribute oa ${sequenceOf("oa", "o")}
  JOIN pg_catalog.pg_attribute na ON na.attrelid = ${NEW} AND na.attname = oa.attname AND na.attidentity <> '' ${sequenceOf("na", "n")} ${joined}
WHERE oa.attrelid = ${OLD} AND oa.attidentity <> ''`;

/** CTF's role may become that role. */
export const mayActFor = (role: string): string => `pg_catalog.pg_has_role(${role},
    CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)`;
