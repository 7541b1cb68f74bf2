/**
 * `--rebuild-views`: the views that a new table would break are dropped in the publish, with all views on them, and made
 * again from their text with all that was on them. What else depends on one of them stops the run before the build.
 */
import { tableText, type TableName } from "../../../project/types.ts";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { batch, type Statement } from "../../session/batch.ts";
import { cannotSwap } from "../codes.ts";
import { qualified } from "../../names.ts";
import type { Work } from "../../work.ts";
import { wayOut } from "./dependents.ts";
import { actingFor, columnGrants, revokes, tableGrants } from "./kept/grants.ts";
import type { Dependent } from "./pg_depend.ts";
import { readRelation, type Relation } from "../relation.ts";
import { forCatalogs } from "./catalogs.ts";
import { createView, readViews, type View } from "./views.ts";

export interface Chain {
  /** Each after those that it reads. */
  readonly views: readonly View[];
  readonly problems: readonly Diagnostic[];
}

/** The broken views and all that read them. */
export async function readChain(work: Work, output: TableName, broken: readonly View[]): Promise<Chain> {
  const problems: Diagnostic[] = [];
  const views: View[] = [];
  const seen = new Set<number>();
  // Depth first: a view is put before all that read it.
  const visit = async (view: View): Promise<void> => {
    if (seen.has(view.oid)) return;
    seen.add(view.oid);
    const relation = await readRelation(work.client, view);
    if (!relation) return;
    const others = relation.dependents.filter((dependent) => !belongsTo(dependent, relation));
    const readers = others.filter(isView);
    const blockers = new Set(others.filter((dependent) => !isView(dependent)).map(({ description }) => description));
    if (blockers.size > 0) {
      problems.push(
        cannotSwap({
          message: `${tableText(output)} can't be swapped with --rebuild-views: ${[...blockers].join(", ")} depends on view ${tableText(view)}`,
          span: work.span,
          hint: `Drop it, or ${wayOut}`,
        }),
      );
    }
    for (const reader of await readViews(work.client, [
      ...new Set(readers.flatMap(({ relation: oid }) => oid ?? [])),
    ])) {
      await visit(reader);
    }
    views.unshift(view);
  };
  for (const view of broken) await visit(view);
  return { views, problems };
}

/** Its own rules, triggers, defaults and types are made again with it. */
const belongsTo = (dependent: Dependent, view: Relation): boolean => dependent.relation === view.oid;

const isView = (dependent: Dependent): boolean =>
  dependent.relationKind === "v" && (dependent.catalog === "pg_rewrite" || dependent.catalog === "pg_class");

/** One statement, readers first: the order in which readers lock them. */
export const dropViews = ({ views }: Chain): readonly Statement[] =>
  views.length === 0 ? [] : [{ text: `DROP VIEW ${views.toReversed().map(qualified).join(", ")}` }];

const name = "v.oid::regclass::text";

/** $1: the views' oids, in their order. */
const onViews = `
SELECT s.statement, s."by" FROM pg_catalog.unnest($1::bigint[]) WITH ORDINALITY AS given (oid, place)
JOIN pg_catalog.pg_class v ON v.oid = given.oid::oid,
LATERAL (
  SELECT 1 AS place, pg_catalog.format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', ${name}, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)) AS statement,
    NULL::name AS "by", 0::bigint AS number
  FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = v.oid
  UNION ALL SELECT 2, pg_catalog.pg_get_ruledef(r.oid), NULL, 0 FROM pg_catalog.pg_rewrite r WHERE r.ev_class = v.oid AND r.rulename <> '_RETURN'
  UNION ALL SELECT 2, pg_catalog.pg_get_triggerdef(t.oid), NULL, 0 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = v.oid AND NOT t.tgisinternal
  UNION ALL SELECT 3, pg_catalog.format('COMMENT ON VIEW %s IS %L', ${name}, pg_catalog.obj_description(v.oid, 'pg_class')), NULL, 0
  UNION ALL SELECT 3, pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', ${name}, a.attname, d.description), NULL, 0
  FROM pg_catalog.pg_description d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
  WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = v.oid
  UNION ALL SELECT 4, g.statement, g."by", g.number FROM (${tableGrants("v.oid", name)}) g
  UNION ALL SELECT 5, g.statement, g."by", g.number FROM (${columnGrants("v.oid", name)}) g
  UNION ALL SELECT 6, pg_catalog.format('ALTER VIEW %s OWNER TO %I', ${name}, pg_catalog.pg_get_userbyid(v.relowner)), NULL, 0
) s ORDER BY given.place, s.place, s.number`;

/** What makes the views again. To be asked for before they are dropped. */
export async function makeViewsAgain(work: Work, { views }: Chain): Promise<readonly Statement[]> {
  if (views.length === 0) return [];
  const oids = `{${views.map(({ oid }) => oid).join(",")}}`;
  const [, result] = await batch(work.client, [forCatalogs, { text: onViews, values: [oids] }]);
  return [
    ...views.map(createView),
    ...views.map(revokeDefaults),
    ...(result?.rows ?? []).flatMap((row) => {
      const statement = { text: row["statement"] as string };
      return row["by"] === null ? [statement] : actingFor(row["by"] as string, statement);
    }),
    // What the records say of an output follows it.
    ...views.map((view) => ({
      text: "UPDATE ctf.output SET relation = pg_catalog.to_regclass($1)::pg_catalog.oid WHERE relation = $2::bigint::oid",
      values: [qualified(view), view.oid],
    })),
  ];
}

/** A new view has the schema's default privileges, which the old one need not have had. */
const revokeDefaults = (view: View): Statement => ({
  text: `DO $ctf$ DECLARE r record; BEGIN FOR r IN ${revokes(`'${qualified(view).replaceAll("'", "''")}'::regclass`, `'${qualified(view).replaceAll("'", "''")}'::text`)} LOOP EXECUTE r.statement; END LOOP; END $ctf$`,
});
