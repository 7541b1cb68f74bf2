/** What is on a live table or view that a definition has no words for, and what a run that builds it does about that. */
import type { Client } from "pg";
import { classify } from "../publish/around/dependents.ts";
import { readDependents } from "../publish/around/pg_depend.ts";
import type { LiveRelation } from "./types.ts";

export interface Beside {
  /** A run keeps these. */
  readonly kept: readonly string[];
  /** With these a table can't be swapped. */
  readonly inTheWay: readonly string[];
}

/** One row each: whether a swap keeps it, and what it is. */
const SELECT_BESIDE = `
  SELECT true AS kept, 'row security is ' || CASE WHEN c.relforcerowsecurity THEN 'on, for its owner too' WHEN c.relrowsecurity THEN 'on' ELSE 'off' END
         || coalesce(', with ' || (SELECT pg_catalog.string_agg('policy ' || p.polname, ', ' ORDER BY p.polname)
              FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid), ', without a policy') AS what
    FROM pg_catalog.pg_class c
   WHERE c.oid = $1 AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid))
  UNION ALL
  SELECT true, CASE c.relpersistence WHEN 'u' THEN 'it is unlogged: empty after a crash of the server' END
    FROM pg_catalog.pg_class c WHERE c.oid = $1 AND c.relpersistence = 'u'
  UNION ALL
  SELECT c.relkind = 'v', CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_triggerdef(t.oid)
           ELSE pg_catalog.pg_describe_object('pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid, 0) END
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE t.tgrelid = $1 AND NOT t.tgisinternal AND c.relkind <> 'r'
  UNION ALL
  SELECT true, pg_catalog.pg_get_ruledef(r.oid)
    FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
   WHERE r.ev_class = $1 AND c.relkind = 'v' AND r.rulename <> '_RETURN'
  UNION ALL
  SELECT false, 'its partitioning by ' || pg_catalog.pg_get_partkeydef(c.oid) || ' in '
         || (SELECT pg_catalog.count(*) FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) || ' partition(s)'
    FROM pg_catalog.pg_class c WHERE c.oid = $1 AND c.relkind = 'p'
  UNION ALL
  SELECT false, CASE WHEN c.relispartition THEN 'its being a partition of ' ELSE 'its inheriting from ' END || i.inhparent::pg_catalog.regclass
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE i.inhrelid = $1
  UNION ALL
  SELECT false, 'publication ' || p.pubname FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_class c ON c.oid = $1 AND c.relkind IN ('r', 'p')
   WHERE p.puballtables
      OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid)
      OR EXISTS (SELECT FROM pg_catalog.pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = c.relnamespace)`;

/** The client's search_path is empty, so that names come out qualified. */
export async function readBeside(client: Client, { oid, kind }: LiveRelation): Promise<Beside> {
  const { rows } = await client.query<{ readonly kept: boolean; readonly what: string }>(SELECT_BESIDE, [oid]);
  const dependents = kind === "table" ? await readDependents(client, oid) : [];
  const blockers = dependents
    .filter((dependent) => classify(dependent, { oid }, new Set()) === "blocks")
    .map(({ description }) => description);
  const of = (wanted: boolean) => rows.filter(({ kept }) => kept === wanted).map(({ what }) => what);
  return { kept: of(true), inTheWay: [...of(false), ...new Set(blockers)].sort() };
}
