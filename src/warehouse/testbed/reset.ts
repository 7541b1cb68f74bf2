/**
 * Between tests, and between transforms that are tried: an own database made what it was before somebody committed into it, which is quicker than another copy: tables are
 * emptied, and what was not there goes. Where anything else differs from before, it is not used again.
 */
import type pg from "pg";
import { batch, rowsOf, type Statement } from "../session/batch.ts";
import { qualified } from "../names.ts";

/** All that has a name and could differ, as one text each; but for CTF's own numbers, which may go on. */
type State = ReadonlySet<string>;

interface Thing {
  readonly text: string;
  /** What takes it away, where that is all there is to undo. */
  readonly drop: string | null;
  /** A table that holds rows, or did. */
  readonly filled: { readonly schema: string; readonly name: string } | undefined;
}

export interface Reset {
  /** Undoes what was committed since. Gives whether everything is as it was. */
  again(client: pg.Client): Promise<boolean>;
}

/** How to come back to what a database is now; undefined where its tables hold rows that would be lost. */
export async function resetTo(client: pg.Client): Promise<Reset | undefined> {
  const before = await thingsIn(client);
  const filled = before.flatMap((one) => (one.filled && !isKept(one.filled) ? [one.filled] : []));
  const asked = filled.map((table) => ({ text: `SELECT EXISTS (SELECT FROM ${qualified(table)}) AS rows` }));
  const answers = asked.length > 0 ? await batch(client, asked) : [];
  if (answers.some(({ rows }) => rows[0]?.["rows"] === true)) return undefined;
  const state: State = new Set(before.map(({ text }) => text));
  return {
    async again(later) {
      const things = await thingsIn(later);
      const added = things.filter(({ text, drop }) => drop !== null && !state.has(text));
      const gone = new Set(added.map(({ text }) => text));
      const emptied = things.flatMap(({ text, filled }) =>
        filled && !isKept(filled) && !gone.has(text) ? [filled] : [],
      );
      const statements: Statement[] = added.map(({ drop }) => ({ text: drop! }));
      if (emptied.length > 0) {
        statements.push({ text: `TRUNCATE ${emptied.map(qualified).join(", ")} RESTART IDENTITY` });
      }
      if (statements.length > 0) await batch(later, [{ text: "BEGIN" }, ...statements, { text: "COMMIT" }]);
      return isSame(state, things) || isSame(state, await thingsIn(later));
    },
  };
}

/** Which migrations the records have gone through is true for ever. */
const isKept = ({ schema, name }: { readonly schema: string; readonly name: string }): boolean =>
  schema === "ctf" && name === "migration";

const isSame = (state: State, now: readonly Thing[]): boolean =>
  now.length === state.size && now.every(({ text }) => state.has(text));

async function thingsIn(client: pg.Client): Promise<readonly Thing[]> {
  const rows = await rowsOf(client, THINGS);
  return rows.map((row) => ({
    text: row["text"] as string,
    drop: row["drop"] as string | null,
    filled: row["filled"] ? { schema: row["schema"] as string, name: row["name"] as string } : undefined,
  }));
}

const own = (column: string): string =>
  `${column} IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^(pg_|information_schema$)')`;

/** The names of foreign keys are dropped before tables, and these before schemas: so they stand in this order. */
const THINGS = `
  SELECT pg_catalog.format('key %s %s %s', c.conrelid::pg_catalog.regclass, c.conname, pg_catalog.pg_get_constraintdef(c.oid)) AS text,
    CASE c.contype WHEN 'f' THEN pg_catalog.format('ALTER TABLE IF EXISTS %s DROP CONSTRAINT IF EXISTS %I', c.conrelid::pg_catalog.regclass, c.conname) END AS drop,
    NULL AS schema, NULL AS name, false AS filled
  FROM pg_catalog.pg_constraint c WHERE ${own("c.connamespace")} AND c.contype <> 'n' AND c.conrelid <> 0
  UNION ALL
  SELECT pg_catalog.format('relation %s %s %s %s', c.oid::pg_catalog.regclass, c.relkind, c.reloptions,
      CASE WHEN c.relkind = 'S' AND n.nspname <> 'ctf' THEN pg_catalog.pg_sequence_last_value(c.oid) END),
    CASE c.relkind WHEN 'r' THEN pg_catalog.format('DROP TABLE IF EXISTS %s CASCADE', c.oid::pg_catalog.regclass) END,
    n.nspname, c.relname, c.relkind = 'r' AND pg_catalog.pg_relation_size(c.oid) > 0
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${own("c.relnamespace")}
  UNION ALL
  SELECT pg_catalog.format('schema %I', n.nspname), pg_catalog.format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname), NULL, NULL, false
  FROM pg_catalog.pg_namespace n WHERE ${own("n.oid")}
  UNION ALL
  SELECT pg_catalog.format('column %s %s %s %s %s %s %s %s', a.attrelid::pg_catalog.regclass, a.attname,
      pg_catalog.row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
      pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
      pg_catalog.pg_get_expr(d.adbin, d.adrelid)), NULL, NULL, NULL, false
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE ${own("c.relnamespace")} AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT pg_catalog.pg_get_indexdef(i.indexrelid), NULL, NULL, NULL, false
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid WHERE ${own("c.relnamespace")}
  UNION ALL
  SELECT pg_catalog.format('view %s %s', c.oid::pg_catalog.regclass, pg_catalog.pg_get_viewdef(c.oid)), NULL, NULL, NULL, false
  FROM pg_catalog.pg_class c WHERE ${own("c.relnamespace")} AND c.relkind IN ('v', 'm')
  UNION ALL
  SELECT pg_catalog.format('routine %s %s', p.oid::pg_catalog.regprocedure, pg_catalog.md5(ROW(p.*)::pg_catalog.text)), NULL, NULL, NULL, false
  FROM pg_catalog.pg_proc p WHERE ${own("p.pronamespace")}
  UNION ALL
  SELECT pg_catalog.format('type %s %s', t.oid::pg_catalog.regtype, t.typtype), NULL, NULL, NULL, false
  FROM pg_catalog.pg_type t WHERE ${own("t.typnamespace")} AND t.typtype <> 'c' AND t.typelem = 0
  UNION ALL
  SELECT pg_catalog.format('label %s %s', e.enumtypid::pg_catalog.regtype, e.enumlabel), NULL, NULL, NULL, false
  FROM pg_catalog.pg_enum e
  UNION ALL
  SELECT pg_catalog.format('rule %s %s', r.ev_class::pg_catalog.regclass, r.rulename), NULL, NULL, NULL, false
  FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE ${own("c.relnamespace")}
  UNION ALL
  SELECT pg_catalog.format('trigger %s', pg_catalog.pg_get_triggerdef(t.oid)), NULL, NULL, NULL, false
  FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal
  UNION ALL
  SELECT pg_catalog.format('policy %s %s', p.polrelid::pg_catalog.regclass, p.polname), NULL, NULL, NULL, false
  FROM pg_catalog.pg_policy p
  UNION ALL
  SELECT pg_catalog.format('extension %s', e.extname), NULL, NULL, NULL, false FROM pg_catalog.pg_extension e`;
