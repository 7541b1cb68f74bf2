/**
 * All that PostgreSQL's catalogs say of a relation and of everything that hangs on it, with names in place of oids. Nothing is
 * listed column by column: whatever a catalog says is compared, also what a later PostgreSQL adds to it.
 */
import type pg from "pg";

/** What differs between two tables that are alike to everybody. */
const ofNoConcern: Readonly<Record<string, readonly string[]>> = {
  pg_class: [
    ...["relfilenode", "relpages", "reltuples", "relallvisible", "relallfrozen", "relfrozenxid", "relminmxid"],
    ...["relhasrules", "relhastriggers", "relhassubclass", "relhasindex", "relrewrite", "relpartbound", "relnatts"],
  ],
  pg_attribute: ["atthasmissing", "attmissingval", "attcacheoff"],
  pg_index: ["indcheckxmin"],
};

/** Read in another way than as they stand: nothing is said where PostgreSQL means its defaults. */
const asMeant: Readonly<Record<string, string>> = {
  pg_class: `to_jsonb(t) || jsonb_build_object('relacl', coalesce(t.relacl, acldefault(CASE t.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, t.relowner)))`,
  pg_attribute: "to_jsonb(t) || jsonb_build_object('attacl', nullif(t.attacl, '{}'))",
};

/** What is stored as a tree, in words. */
const inWords: Readonly<Record<string, string>> = {
  pg_attrdef: "pg_get_expr(t.adbin, t.adrelid)",
  pg_constraint: "pg_get_constraintdef(t.oid)",
  pg_index: "pg_get_indexdef(t.indexrelid)",
  pg_policy: "concat_ws(' CHECK ', pg_get_expr(t.polqual, t.polrelid), pg_get_expr(t.polwithcheck, t.polrelid))",
  pg_proc: "CASE WHEN t.prokind <> 'a' THEN pg_get_functiondef(t.oid) END",
  pg_publication_rel: "pg_get_expr(t.prqual, t.prrelid)",
  pg_rewrite: "pg_get_ruledef(t.oid)",
  pg_statistic_ext: "pg_get_statisticsobjdef(t.oid)",
  pg_trigger: "pg_get_triggerdef(t.oid)",
};

/** Catalogs whose rows belong to an object of pg_class, by which column. */
const ofRelations: Readonly<Record<string, string>> = {
  pg_attribute: "attrelid",
  pg_index: "indexrelid",
  pg_sequence: "seqrelid",
  pg_inherits: "inhrelid",
};

/** Catalogs that say something of any object. */
const ofObjects: Readonly<Record<string, readonly [catalog: string, object: string]>> = {
  pg_description: ["classoid", "objoid"],
  pg_seclabel: ["classoid", "objoid"],
  pg_init_privs: ["classoid", "objoid"],
  pg_depend: ["classid", "objid"],
  pg_shdepend: ["classid", "objid"],
};

/** The relation, all that depends on it, and the views of rules that do. */
const closure = `
WITH RECURSIVE on_it (classid, objid) AS (
  SELECT 'pg_class'::regclass::oid, $1::regclass::oid
  UNION SELECT n.classid, n.objid FROM on_it o, LATERAL (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.refclassid = o.classid AND d.refobjid = o.objid
    UNION ALL SELECT 'pg_class'::regclass, r.ev_class FROM pg_rewrite r WHERE o.classid = 'pg_rewrite'::regclass AND r.oid = o.objid
  ) n
)
SELECT o.classid::regclass::text AS catalog, json_agg(o.objid) AS oids FROM on_it o GROUP BY 1 ORDER BY 1`;

type Row = Record<string, unknown>;

interface ForeignKey {
  readonly from: string;
  readonly columns: readonly string[];
  readonly to: string;
}

/** Which columns of the catalogs refer to which other catalog; PostgreSQL knows. */
const references = `SELECT fktable::text AS "from", fkcols AS columns, pktable::text AS "to" FROM pg_get_catalog_foreign_keys()`;

/** The names that PostgreSQL makes of oids. */
const plain = (text: string): string =>
  text.replace(/\b(pg_toast|RI_ConstraintTrigger_[ac]|Unique_ConstraintTrigger)_\d+/g, "$1_N");

/** One line for each thing that the catalogs say: `index s.t_pkey: pg_index.indisclustered = true`. */
export async function snapshot(client: pg.Client, relation: string): Promise<readonly string[]> {
  const ask = async (text: string, values?: unknown[]): Promise<Row[]> => (await client.query(text, values)).rows;
  await client.query("SET search_path = ''");
  const objects = await ask(closure, [relation]);
  const oidsOf = (catalog: string) => (objects.find((of) => of["catalog"] === catalog)?.["oids"] ?? []) as number[];
  const found: { readonly catalog: string; readonly owner: Row; readonly row: Row }[] = [];
  const read = async (catalog: string, of: string, condition: string, values: unknown[] = []) => {
    const words = inWords[catalog] ?? "NULL";
    const rows = await ask(
      `SELECT ${of} AS owner, ${asMeant[catalog] ?? "to_jsonb(t)"} AS row, ${words} AS words FROM pg_catalog.${catalog} t WHERE ${condition}`,
      values,
    );
    for (const { owner, row, words: text } of rows)
      found.push({ catalog, owner: owner as Row, row: { ...(row as Row), words: text } });
  };
  for (const { catalog, oids } of objects) {
    const of = `json_build_object('class', '${String(catalog)}', 'oid', t.oid)`;
    await read(catalog as string, of, "t.oid = ANY ($1)", [oids]);
    for (const [about, [classid, objid]] of Object.entries(ofObjects)) {
      const object = `json_build_object('class', '${String(catalog)}', 'oid', t.${objid})`;
      const here =
        about === "pg_shdepend"
          ? " AND t.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())"
          : "";
      await read(about, object, `t.${classid} = '${String(catalog)}'::regclass AND t.${objid} = ANY ($1)${here}`, [
        oids,
      ]);
    }
  }
  for (const [catalog, column] of Object.entries(ofRelations)) {
    const of = `json_build_object('class', 'pg_class', 'oid', t.${column})`;
    const live = catalog === "pg_attribute" ? " AND t.attnum > 0 AND NOT t.attisdropped" : "";
    await read(catalog, of, `t.${column} = ANY ($1)${live}`, [oidsOf("pg_class")]);
  }

  const keys = (await ask(references)) as unknown as ForeignKey[];
  const names = await namesOf(ask, found, keys);
  const lines = found.flatMap(({ catalog, owner, row }) => {
    const about = plain(names(owner["class"] as string, owner["oid"] as number));
    return saying(catalog, row, keys, names).map((said) => plain(`${about}: ${catalog}${said}`));
  });
  await client.query("RESET search_path");
  return lines.sort();
}

/** In what an oid of a catalog is called, asked for all at once. */
async function namesOf(
  ask: (text: string, values?: unknown[]) => Promise<Row[]>,
  found: readonly { readonly catalog: string; readonly owner: Row; readonly row: Row }[],
  keys: readonly ForeignKey[],
): Promise<(catalog: string, oid: number, sub?: number) => string> {
  const wanted = new Map<string, [string, number, number]>();
  const want = (catalog: string, oid: unknown, sub: unknown = 0) => {
    for (const one of [oid].flat())
      if (Number(one) > 0) wanted.set(`${catalog} ${String(one)} ${String(sub)}`, [catalog, Number(one), Number(sub)]);
  };
  for (const { catalog, owner, row } of found) {
    want(owner["class"] as string, owner["oid"]);
    for (const { from, columns, to } of keys) if (from === catalog && columns.length === 1) want(to, row[columns[0]!]);
    for (const numbers of columnNumbers(catalog, keys))
      for (const number of [row[numbers.number]].flat()) want("pg_class", row[numbers.relation], number);
  }
  const referred = found.filter(({ row }) => row["refobjid"] !== undefined);
  for (const { row } of referred) want(`oid ${String(row["refclassid"])}`, row["refobjid"], row["refobjsubid"] ?? 0);
  const all = [...wanted.values()];
  const rows = await ask(
    `SELECT w.*, pg_describe_object(CASE WHEN w.catalog LIKE 'oid %' THEN substr(w.catalog, 5)::oid ELSE ('pg_catalog.' || w.catalog)::regclass END, w.oid, w.sub) AS name
     FROM ROWS FROM (unnest($1::text[]), unnest($2::oid[]), unnest($3::int[])) AS w (catalog, oid, sub)`,
    [all.map(([catalog]) => catalog), all.map(([, oid]) => oid), all.map(([, , sub]) => sub)],
  );
  const byKey = new Map(
    rows.map((row) => [`${String(row["catalog"])} ${String(row["oid"])} ${String(row["sub"])}`, row]),
  );
  return (catalog, oid, sub = 0) => (byKey.get(`${catalog} ${oid} ${sub}`)?.["name"] ?? oid) as string;
}

/** Columns that hold column numbers, each with the one that says of which relation. */
const columnNumbers = (catalog: string, keys: readonly ForeignKey[]) =>
  keys
    .filter(({ from, columns, to }) => from === catalog && to === "pg_attribute" && columns.length === 2)
    .map(({ columns: [relation, number] }) => ({ relation: relation!, number: number! }));

/** A row of a catalog, a line for each value. */
function saying(
  catalog: string,
  row: Row,
  keys: readonly ForeignKey[],
  names: (catalog: string, oid: number, sub?: number) => string,
): readonly string[] {
  if (catalog === "pg_depend" || catalog === "pg_shdepend") {
    const to = names(
      `oid ${String(row["refclassid"])}`,
      row["refobjid"] as number,
      (row["refobjsubid"] ?? 0) as number,
    );
    return [` on ${to} (${String(row["deptype"])})${row["objsubid"] ? ` column ${String(row["objsubid"])}` : ""}`];
  }
  const said: Row = { ...row };
  for (const { relation, number } of columnNumbers(catalog, keys)) {
    const name = (one: unknown) => (Number(one) > 0 ? names("pg_class", row[relation] as number, Number(one)) : one);
    said[number] = Array.isArray(row[number]) ? row[number].map(name) : name(row[number]);
  }
  for (const { from, columns, to } of keys) {
    if (from !== catalog || columns.length !== 1) continue;
    const value = row[columns[0]!];
    const name = (one: unknown) => (Number(one) > 0 ? names(to, Number(one)) : one);
    said[columns[0]!] = Array.isArray(value) ? value.map(name) : name(value);
  }
  const without = ["oid", "classoid", "objoid", ...(ofNoConcern[catalog] ?? [])];
  // Of a column and of what is said of one: which.
  const which = row["attname"] ?? (row["objsubid"] ? `column ${String(row["objsubid"])}` : undefined);
  return Object.entries(said)
    .filter(([name, value]) => !without.includes(name) && value !== null && !isTree(name))
    .map(([name, value]) => {
      const shown = name.endsWith("acl") ? (value as string[]).toSorted() : value;
      return `${which === undefined ? "" : ` ${String(which)}`}.${name} = ${JSON.stringify(shown)}`;
    });
}

const trees = ["adbin", "conbin", "ev_qual", "ev_action", "indexprs", "indpred", "polqual", "polwithcheck", "prqual"];
const isTree = (column: string): boolean => [...trees, "prosqlbody", "stxexprs", "tgqual"].includes(column);
