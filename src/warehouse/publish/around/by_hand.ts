/** What somebody made on a published table by hand: it is carried over to the next one, and the owner is told. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { TableName, TableOutput } from "../../../project/types.ts";
import { batch, type Statement } from "../../session/batch.ts";
import { inPhase, runSteps, tableOrigin } from "../../session/steps.ts";
import { identifier, qualified } from "../../names.ts";
import type { Work } from "../../work.ts";
import type { Relation } from "../relation.ts";
import { warnings } from "./by_hand_told.ts";
import { forCatalogs } from "./catalogs.ts";
import { setByCtf } from "./columns.ts";

export interface MadeByHand {
  readonly what:
    | "index"
    | "invalid index"
    | "constraint"
    | "foreign key"
    | "statistics"
    | "NOT NULL"
    | "default"
    | "collation";
  /** Its own name; for the last three that of the column. */
  readonly name: string;
  /** PostgreSQL's words for it: what follows the table's name (for statistics: from the kinds up to FROM; for a collation: its name). */
  readonly definition: string;
  readonly unique: boolean;
  /** A column that it is on and the new table lacks. */
  readonly lost: string | null;
}

interface CarriedKey {
  readonly name: string;
  readonly definition: string;
}

export interface CarriedOver {
  readonly warnings: readonly Diagnostic[];
  /** Foreign keys made by hand: added in the publish, like the declared ones. */
  readonly foreignKeys: readonly CarriedKey[];
}

export const nothingCarried: CarriedOver = { warnings: [], foreignKeys: [] };

const lostColumn = (catalog: string, object: string) => `
  (SELECT pg_catalog.min(a.attname) FROM pg_catalog.pg_depend d
   JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
   WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = ${object} AND d.refobjid = $1::bigint::oid AND d.refobjsubid > 0
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = pg_catalog.to_regclass($2) AND n.attname = a.attname AND NOT n.attisdropped)) AS lost`;

const afterUsing = (index: string) =>
  `pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(${index}), '^.*? USING ', '')`;

/** Columns that both tables have: o and n. */
const sameColumns = `pg_catalog.pg_attribute o JOIN pg_catalog.pg_attribute n ON n.attrelid = pg_catalog.to_regclass($2)
  AND n.attname = o.attname AND NOT n.attisdropped`;
const ofOld = "o.attrelid = $1::bigint::oid AND o.attnum > 0 AND NOT o.attisdropped";
const notSet = (what: string) => `$4::jsonb IS NOT NULL AND NOT coalesce($4::jsonb -> o.attname ? '${what}', false)`;

/**
 * Made by nobody's declaration: not in $3, the names that CTF made, and not on the new table under any name; for columns not in
 * $4, what CTF set on them. $1: the old table's oid; $2: the new table's name, quoted.
 */
const madeByHand = `
SELECT CASE WHEN i.indisvalid THEN 'index' ELSE 'invalid index' END AS what, c.relname AS name, i.indisunique AS "unique", ${lostColumn("pg_class", "c.oid")},
  pg_catalog.substr(pg_catalog.pg_get_indexdef(c.oid), 1 + pg_catalog.length('CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END
    || 'INDEX ' || pg_catalog.quote_ident(c.relname) || ' ON ' || i.indrelid::regclass)) AS definition
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::bigint::oid AND c.relname <> ALL ($3::text[])
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) -- not ready yet
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_index n WHERE n.indrelid = pg_catalog.to_regclass($2) AND n.indisunique = i.indisunique
    AND ${afterUsing("n.indexrelid")} = ${afterUsing("i.indexrelid")})
UNION ALL
SELECT CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END, k.conname, false, ${lostColumn("pg_constraint", "k.oid")},
  pg_catalog.pg_get_constraintdef(k.oid)
FROM pg_catalog.pg_constraint k
WHERE k.conrelid = $1::bigint::oid AND k.contype IN ('c', 'u', 'p', 'x', 'f') AND k.conname <> ALL ($3::text[])
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint n WHERE n.conrelid = pg_catalog.to_regclass($2)
    AND (n.conname = k.conname OR (n.contype = 'p' AND k.contype = 'p') OR pg_catalog.pg_get_constraintdef(n.oid) = pg_catalog.pg_get_constraintdef(k.oid)))
UNION ALL
SELECT 'statistics', s.stxname, false, ${lostColumn("pg_statistic_ext", "s.oid")}, pg_catalog.left(d.text, -pg_catalog.length(' FROM ' || s.stxrelid::regclass))
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace ns ON ns.oid = s.stxnamespace,
  pg_catalog.substr(pg_catalog.pg_get_statisticsobjdef(s.oid),
    1 + pg_catalog.length(pg_catalog.format('CREATE STATISTICS %I.%I', ns.nspname, s.stxname))) AS d (text)
WHERE s.stxrelid = $1::bigint::oid AND s.stxname <> ALL ($3::text[])
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext n WHERE n.stxrelid = pg_catalog.to_regclass($2) AND n.stxname = s.stxname)
UNION ALL
-- From PostgreSQL 18 on it is a constraint with a name; a primary key brings its own.
SELECT 'NOT NULL', o.attname, false, NULL, CASE WHEN k.oid IS NULL THEN pg_catalog.format('ALTER COLUMN %I SET NOT NULL', o.attname)
  ELSE pg_catalog.format('ADD CONSTRAINT %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)) END
FROM ${sameColumns}
LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = o.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[o.attnum]
WHERE ${ofOld} AND o.attnotnull AND NOT n.attnotnull AND ${notSet("not null")}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = o.attrelid AND i.indisprimary AND o.attnum = ANY (i.indkey))
UNION ALL
SELECT 'default', o.attname, false, NULL, pg_catalog.format('ALTER COLUMN %I SET DEFAULT %s', o.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
FROM ${sameColumns}
JOIN pg_catalog.pg_attrdef d ON d.adrelid = o.attrelid AND d.adnum = o.attnum
WHERE ${ofOld} AND o.attgenerated = '' AND NOT n.atthasdef AND n.attidentity = '' AND ${notSet("default")}
UNION ALL
SELECT 'collation', o.attname, false, NULL, o.attcollation::pg_catalog.regcollation::text
FROM ${sameColumns}
JOIN pg_catalog.pg_type t ON t.oid = o.atttypid
WHERE ${ofOld} AND o.attcollation <> t.typcollation AND o.attcollation <> n.attcollation AND o.atttypid = n.atttypid`;

/**
 * Makes all that on the built table too, but for foreign keys, which are added in the publish, and for what is on a column
 * that is gone, which goes with it. The transaction is the caller's.
 */
export async function carryMadeByHand(
  work: Work,
  old: Relation,
  output: TableOutput,
  built: TableName,
): Promise<CarriedOver> {
  const set = setByCtf(old);
  const values = [old.oid, qualified(built), old.made ?? [], set === null ? null : JSON.stringify(set)];
  const [, found] = await batch(work.client, [forCatalogs, { text: madeByHand, values }]);
  const objects = (found?.rows ?? []) as unknown as readonly MadeByHand[];
  if (objects.length === 0) return nothingCarried;
  const kept = objects.filter(({ lost }) => lost === null);
  const statements = kept.flatMap((object) => copyOf(object, built));
  const origin = { ...tableOrigin(output, work.span), notNull: "was made NOT NULL by hand" };
  await runSteps(work, inPhase("constrain", statements, origin));
  return {
    warnings: await warnings(work, output, objects),
    foreignKeys: kept
      .filter(({ what }) => what === "foreign key")
      .map(({ name, definition }) => ({ name, definition })),
  };
}

function copyOf({ what, name, definition, unique }: MadeByHand, built: TableName): readonly Statement[] {
  const table = qualified(built);
  switch (what) {
    case "index":
      return [{ text: `CREATE ${unique ? "UNIQUE " : ""}INDEX ${identifier(name)} ON ${table}${definition}` }];
    case "statistics":
      return [{ text: `CREATE STATISTICS ${qualified({ schema: built.schema, name })}${definition} FROM ${table}` }];
    case "constraint":
      return [{ text: `ALTER TABLE ${table} ADD CONSTRAINT ${identifier(name)} ${definition}` }];
    case "NOT NULL":
    case "default":
      return [{ text: `ALTER TABLE ${table} ${definition}` }];
    default:
      return [];
  }
}
