/** What somebody made on a published table by hand: it is carried over to the next one, and the owner is told. */
import type pg from "pg";
import type { Diagnostic, Span } from "../../../diagnostics/diagnostic.ts";
import { tableText, type TableName, type TableOutput } from "../../../project/types.ts";
import { batch, type Statement } from "../../session/batch.ts";
import { handmade } from "../../codes.ts";
import { identifier, qualified } from "../../names.ts";
import type { Relation } from "../relation.ts";

interface MadeByHand {
  readonly what: "index" | "constraint" | "foreign key" | "statistics";
  readonly name: string;
  /** PostgreSQL's statement, from what follows the table's name (for statistics: from the kinds up to FROM). */
  readonly definition: string;
  readonly unique: boolean;
  /** A column that it is on and the new table lacks. */
  readonly lost: string | null;
}

export interface CarriedKey {
  readonly name: string;
  readonly definition: string;
}

const lostColumn = (catalog: string, object: string) => `
  (SELECT pg_catalog.min(a.attname) FROM pg_catalog.pg_depend d
   JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
   WHERE d.classid = 'pg_catalog.${catalog}'::regclass AND d.objid = ${object} AND d.refobjid = $1::bigint::oid AND d.refobjsubid > 0
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute n WHERE n.attrelid = pg_catalog.to_regclass($2) AND n.attname = a.attname AND NOT n.attisdropped)) AS lost`;

const afterUsing = (index: string) =>
  `pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(${index}), '^.*? USING ', '')`;

/**
 * Made by nobody's declaration: not in $3, the names that CTF made, and not on the new table under any name.
 * $1: the old table's oid; $2: the new table's name, quoted.
 */
const madeByHand = `
SELECT 'index' AS what, c.relname AS name, i.indisunique AS "unique", ${lostColumn("pg_class", "c.oid")},
  pg_catalog.substr(pg_catalog.pg_get_indexdef(c.oid), 1 + pg_catalog.length('CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END
    || 'INDEX ' || pg_catalog.quote_ident(c.relname) || ' ON ' || i.indrelid::regclass)) AS definition
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1::bigint::oid AND i.indisvalid AND c.relname <> ALL ($3::text[])
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
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_statistic_ext n WHERE n.stxrelid = pg_catalog.to_regclass($2) AND n.stxname = s.stxname)`;

export const selectMadeByHand = (old: Relation, built: TableName): Statement => ({
  text: madeByHand,
  values: [old.oid, qualified(built), old.made ?? []],
});

/**
 * Makes them on the built table too, but for foreign keys, which are added in the publish, and for what is on a column
 * that is gone, which goes with it. `rows` are those of `selectMadeByHand`.
 */
export async function carryMadeByHand(
  client: pg.Client,
  rows: readonly unknown[],
  output: TableOutput,
  built: TableName,
  span: Span,
): Promise<{ readonly warnings: readonly Diagnostic[]; readonly foreignKeys: readonly CarriedKey[] }> {
  const objects = rows as readonly MadeByHand[];
  if (objects.length === 0) return { warnings: [], foreignKeys: [] };
  const kept = objects.filter((object) => object.lost === null);
  const statements = kept.filter(({ what }) => what !== "foreign key").map((object) => copyOf(object, built));
  await batch(client, statements);
  const declaring = await declarations(client, output);
  return {
    warnings: objects.map((object) => warning(object, output, declaring, span)),
    foreignKeys: kept
      .filter(({ what }) => what === "foreign key")
      .map(({ name, definition }) => ({ name, definition })),
  };
}

function copyOf({ what, name, definition, unique }: MadeByHand, built: TableName): Statement {
  const table = qualified(built);
  if (what === "index") {
    return { text: `CREATE ${unique ? "UNIQUE " : ""}INDEX ${identifier(name)} ON ${table}${definition}` };
  }
  if (what === "statistics") {
    return { text: `CREATE STATISTICS ${qualified({ schema: built.schema, name })}${definition} FROM ${table}` };
  }
  return { text: `ALTER TABLE ${table} ADD CONSTRAINT ${identifier(name)} ${definition}` };
}

function warning(
  { what, name, lost, definition }: MadeByHand,
  output: TableOutput,
  declaring: (name: string) => string | undefined,
  span: Span,
): Diagnostic {
  const object = `${tableText(output)} has ${what} ${name}, which its definition does not name`;
  if (lost !== null) {
    return handmade({ message: `${object}; it is on column ${lost}, which is gone, and goes with it`, span });
  }
  const yaml = declaring(name);
  return handmade({
    message: `${object}; it is carried over`,
    span,
    hint: yaml
      ? `Add it under output, or drop it from the table:\n${yaml}`
      : `A definition has no words for it, so it has to be looked after by hand: ${definition.trim()}`,
  });
}

/** The lines of YAML that would declare an object of the published table; none where the format has no words for it. */
async function declarations(client: pg.Client, output: TableOutput): Promise<(name: string) => string | undefined> {
  // Only where something was made by hand: the rooms that write YAML take a while to load.
  const [{ tableEntries }, { yamlText }, { asTable, unsayable }, { readTable }] = await Promise.all([
    import("../../../project/write/outputs.ts"),
    import("../../../project/write/yaml_text.ts"),
    import("../../introspect/as_output.ts"),
    import("../../introspect/table.ts"),
  ]);
  const live = await readTable(client, output);
  return (name) => {
    if (!live) return undefined;
    const only = {
      ...live,
      columns: [],
      grants: [],
      relation: { ...live.relation, options: [] },
      constraints: live.constraints.filter((constraint) => constraint.name === name),
      indexes: live.indexes.filter((index) => index.name === name),
      statistics: live.statistics.filter((statistics) => statistics.name === name),
    };
    if (unsayable(only).length > 0) return undefined;
    const entries = tableEntries(asTable(only)).filter(([key]) => key !== "table" && key !== "columns");
    return entries.length === 0 ? undefined : yamlText(entries).trimEnd();
  };
}
