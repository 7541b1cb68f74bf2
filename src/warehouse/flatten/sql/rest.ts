/**
 * What is no event. Only documents are looked into of which some leaf is missing among the events: first for what the form
 * does not know, then, where that is not all, for what does not fit. Both are found section by section; what was found is
 * walked from top to bottom, so that every leaf in it is met.
 */
import { identifier, literal, qualified } from "../../names.ts";
import type { Statement } from "../../session/batch.ts";
import type { TableName } from "../../../project/types.ts";
import { carriedName, leavesIn } from "./documents.ts";
import { FENCE } from "./fence.ts";
import { fits, fitsAt } from "./fits.ts";
import { analyze, type Helpers } from "./helpers.ts";
import { membersOf, sectionObjects } from "./sections.ts";

/** `key`: the events' column with the document's key, and which of the documents' it is. */
export const storeOpen = (
  helpers: Helpers,
  events: TableName,
  key: { readonly name: string; readonly n: number },
): readonly Statement[] => [
  {
    text: `CREATE UNLOGGED TABLE ${qualified(helpers.open)} WITH (parallel_workers = 8) AS
    SELECT d.n, d.leaves - coalesce(e.events, 0) AS missing FROM ${qualified(helpers.documents)} d LEFT JOIN (
      SELECT e.${identifier(key.name)} AS key, pg_catalog.count(*) AS events FROM ${qualified(events)} e GROUP BY 1
    ) e ON e.key = d.${carriedName(key.n)}
    WHERE d.fault IS NULL AND d.leaves <> coalesce(e.events, 0)`,
  },
  { text: `CREATE INDEX ON ${qualified(helpers.open)} (n)` },
  analyze(helpers.open),
];

/** The documents that are open are found by it. */
export const indexDocuments = ({ documents }: Helpers): Statement => ({
  text: `CREATE INDEX IF NOT EXISTS ${identifier(`${documents.name}_n`)} ON ${qualified(documents)} (n)`,
});

/** As `below` in paths.ts. */
const pathBelow = (path: string, slug: string): string =>
  `CASE ${path} WHEN '' THEN '' ELSE ${path} || '.' END || pg_catalog.regexp_replace(${slug}, ${literal(String.raw`[\\."]`)}, ${literal(String.raw`\\\&`)}, 'g')`;

/** Each section with the slugs of all that may be in it. */
const storeInside = ({ inside, sections, nodes }: Helpers): readonly Statement[] => [
  {
    text: `CREATE UNLOGGED TABLE ${qualified(inside)} AS
      SELECT s.id AS section, o.path, pg_catalog.array_agg(c.slug) AS slugs
      FROM ${qualified(sections)} s JOIN ${qualified(nodes)} o ON o.id = s.id LEFT JOIN ${qualified(nodes)} c ON c.parent = s.id
      GROUP BY s.id, o.path`,
  },
  { text: `CREATE INDEX ON ${qualified(inside)} (section)` },
  analyze(inside),
];

/** Members of sections that the form does not know. */
export const storeUnknown = (helpers: Helpers, levels: number): readonly Statement[] => [
  ...storeInside(helpers),
  {
    text: `CREATE UNLOGGED TABLE ${qualified(helpers.unknown)} AS
    SELECT o.n, ${pathBelow("o.path", "e.key")} AS path, o.idx, e.value, 'unknown_path' AS reason
    FROM (
      SELECT o.n, o.idx, i.path, o.object - i.slugs AS unknown
      FROM (${sectionObjects(levels, helpers.open, helpers)}) o JOIN ${qualified(helpers.inside)} i ON i.section = o.section ${FENCE}
    ) o CROSS JOIN LATERAL pg_catalog.jsonb_each(o.unknown) e
    WHERE o.unknown <> '{}'`,
  },
];

/** The documents in which something is missing beside that: mostly none. */
export const storeUnsettled = ({ open, unknown, unsettled }: Helpers): readonly Statement[] => [
  {
    // Of a scalar that stands alone, `leavesIn` finds none.
    text: `CREATE UNLOGGED TABLE ${qualified(unsettled)} WITH (parallel_workers = 8) AS
    SELECT o.n FROM ${qualified(open)} o LEFT JOIN (
      SELECT u.n, pg_catalog.sum(CASE WHEN pg_catalog.jsonb_typeof(u.value) IN ('object', 'array') THEN ${leavesIn("u.value")} ELSE 1 END) AS leaves
      FROM ${qualified(unknown)} u GROUP BY 1
    ) u ON u.n = o.n
    WHERE o.missing <> coalesce(u.leaves, 0)`,
  },
  { text: `CREATE INDEX ON ${qualified(unsettled)} (n)` },
  analyze(unsettled),
];

/**
 * What the form knows, and is neither an answer that is an event nor a section in its place: answers that do not fit, lists
 * in lists. All that is in one of them has its reason.
 */
export const storeOdd = (helpers: Helpers, levels: number): Statement => {
  const { odd, nodes, unsettled } = helpers;
  const typeOf = (value: string) => `pg_catalog.jsonb_typeof(${value})`;
  const isEvent = `c.question AND NOT c.ignored AND (${fitsAt("c.object", "c.slug", "c.text", "c.class")})`;
  const isSection = `c.section AND ${typeOf("c.object -> c.slug")} = 'object'`;
  const known = `SELECT c.n, c.idx, c.path, c.question, c.section, c.ignored, c.class, c.object -> c.slug AS value
    FROM (
      SELECT o.n, o.idx, o.object, c.path, c.slug, c.question, c.section, c.ignored, c.class, o.object ->> c.slug AS text
      FROM (${sectionObjects(levels, unsettled, helpers)}) o JOIN ${qualified(nodes)} c ON c.parent = o.section ${FENCE}
    ) c
    WHERE (${isEvent}) IS NOT TRUE AND c.object ? c.slug AND (${isSection}) IS NOT TRUE ${FENCE}`;
  const isListedEvent = `k.question AND NOT k.ignored AND ${fits(typeOf("m.value"), "(m.value #>> '{}')", "k.class")}`;
  const isListedSection = `k.section AND ${typeOf("m.value")} = 'object'`;
  return {
    text: `CREATE UNLOGGED TABLE ${qualified(odd)} AS
    SELECT k.n, k.path, m.idx, m.value,
      CASE WHEN ${typeOf("m.value")} = 'array' THEN 'list_in_list' WHEN NOT k.question THEN 'not_a_question'
        WHEN ${typeOf("m.value")} = 'object' THEN 'not_an_answer' ELSE 'misfit' END AS reason
    FROM (${known}) k CROSS JOIN LATERAL (
      SELECT k.idx, k.value WHERE ${typeOf("k.value")} <> 'array'
      UNION ALL
      SELECT k.idx || e.place::int, e.value FROM ${membersOf("k.value")}
    ) m
    WHERE (${isListedSection}) IS NOT TRUE AND (${isListedEvent}) IS NOT TRUE`,
  };
};

/** The leaves of both. */
export function storeRest({ unknown, odd, rest }: Helpers, ignore: readonly string[]): Statement {
  const ignored = ignore.map(
    (path) => `w.path = ${literal(path)} OR pg_catalog.starts_with(w.path, ${literal(`${path}.`)})`,
  );
  return {
    text: `CREATE UNLOGGED TABLE ${qualified(rest)} AS
    WITH RECURSIVE walk (n, path, idx, value, reason) AS (
      SELECT o.* FROM (SELECT * FROM ${qualified(unknown)} UNION ALL SELECT * FROM ${qualified(odd)}) o
      UNION ALL
      SELECT w.n, b.path, b.idx, b.value, w.reason
      FROM walk w CROSS JOIN LATERAL (
        SELECT ${pathBelow("w.path", "e.key")} AS path, w.idx, e.value
        FROM pg_catalog.jsonb_each(CASE pg_catalog.jsonb_typeof(w.value) WHEN 'object' THEN w.value END) e
        UNION ALL
        SELECT w.path, w.idx || e.place::int, e.value FROM ${membersOf("w.value")}
      ) b
      WHERE pg_catalog.jsonb_typeof(w.value) IN ('object', 'array')
    )
    SELECT w.n, w.path, w.idx, w.value, w.reason, ${["false", ...ignored].join(" OR ")} AS ignored
    FROM walk w WHERE pg_catalog.jsonb_typeof(w.value) NOT IN ('object', 'array')`,
  };
}
