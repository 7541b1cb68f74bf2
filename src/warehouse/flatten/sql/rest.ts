/**
 * What is no event. Only documents are looked into of which some leaf is missing among the events. What is odd in them is
 * found in one pass, section by section; that is then walked from top to bottom, so that every leaf in it is met, known or
 * not, and told why it was left out.
 */
import { identifier, literal, qualified } from "../../names.ts";
import type { Statement } from "../../session/batch.ts";
import type { TableName } from "../../../project/types.ts";
import { carriedName } from "./documents.ts";
import { plainSections } from "./events.ts";
import { FENCE } from "./fence.ts";
import { fits, fitsAt } from "./fits.ts";
import { analyze, type Helpers } from "./helpers.ts";

/** `key`: the events' column with the document's key, and which of the documents' it is. */
export const storeOpen = (
  helpers: Helpers,
  events: TableName,
  key: { readonly name: string; readonly n: number },
): Statement => ({
  text: `CREATE UNLOGGED TABLE ${qualified(helpers.open)} WITH (parallel_workers = 8) AS
    SELECT d.n FROM ${qualified(helpers.documents)} d LEFT JOIN (
      SELECT e.${identifier(key.name)} AS key, pg_catalog.count(*) AS events FROM ${qualified(events)} e GROUP BY 1
    ) e ON e.key = d.${carriedName(key.n)}
    WHERE d.fault IS NULL AND d.leaves <> coalesce(e.events, 0)`,
});

/** The documents that are open are found by it. */
export const indexDocuments = ({ documents }: Helpers): Statement => ({
  text: `CREATE INDEX IF NOT EXISTS ${identifier(`${documents.name}_n`)} ON ${qualified(documents)} (n)`,
});

/** As `below` in paths.ts. */
const pathBelow = (path: string, slug: string): string =>
  `CASE ${path} WHEN '' THEN '' ELSE ${path} || '.' END || pg_catalog.regexp_replace(${slug}, ${literal(String.raw`[\\."]`)}, ${literal(String.raw`\\\&`)}, 'g')`;

/** Each section with all that may be in it. */
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

/**
 * What is neither an answer that is an event, nor a section in its place, of the sections that stand in no list: members
 * that the form does not know, answers that do not fit, lists. `node` is NULL where the form knows nothing of it.
 */
export const storeOdd = (helpers: Helpers, levels: number): readonly Statement[] => {
  const { odd, nodes, inside } = helpers;
  const objects = `SELECT p.n, p.section, CASE pg_catalog.jsonb_typeof(p.value) WHEN 'object' THEN p.value END AS object
      FROM (${plainSections(levels, helpers)}) p ${FENCE}`;
  const isEvent = `c.question AND NOT c.ignored AND (${fitsAt("c.object", "c.slug", "c.text", "c.class")})`;
  const isSection = "c.section AND pg_catalog.jsonb_typeof(c.object -> c.slug) = 'object'";
  return [
    ...storeInside(helpers),
    {
      text: `CREATE UNLOGGED TABLE ${qualified(odd)} AS
    SELECT c.n, c.id AS node, c.path, c.object -> c.slug AS value
    FROM (
      SELECT o.n, o.object, c.id, c.path, c.slug, c.question, c.section, c.ignored, c.class, o.object ->> c.slug AS text
      FROM (${objects}) o LEFT JOIN ${qualified(nodes)} c ON c.parent = o.section ${FENCE}
    ) c
    WHERE (${isEvent}) IS NOT TRUE AND c.object ? c.slug AND (${isSection}) IS NOT TRUE
    UNION ALL
    SELECT o.n, NULL, ${pathBelow("o.path", "e.key")}, e.value
    FROM (
      SELECT o.n, i.path, o.object - i.slugs AS unknown
      FROM (${objects}) o LEFT JOIN ${qualified(inside)} i ON i.section = o.section ${FENCE}
    ) o CROSS JOIN LATERAL pg_catalog.jsonb_each(o.unknown) e
    WHERE o.unknown <> '{}'`,
    },
  ];
};

export function storeRest(helpers: Helpers, ignore: readonly string[]): Statement {
  const nodes = qualified(helpers.nodes);
  const ignored = ignore.map(
    (path) => `w.path = ${literal(path)} OR pg_catalog.starts_with(w.path, ${literal(`${path}.`)})`,
  );
  return {
    text: `CREATE UNLOGGED TABLE ${qualified(helpers.rest)} AS
    WITH RECURSIVE walk (n, node, path, idx, value, reason, member) AS (
      SELECT d.n, d.node, d.path, '{}'::int[], d.value, CASE WHEN d.node IS NULL THEN 'unknown_path' END, false
      FROM ${qualified(helpers.odd)} d
      UNION ALL
      SELECT w.n, b.node, b.path, b.idx, b.value, b.reason, b.member
      FROM walk w LEFT JOIN ${nodes} o ON o.id = w.node
      CROSS JOIN LATERAL (
        SELECT c.id AS node, coalesce(c.path, ${pathBelow("w.path", "e.key")}) AS path, w.idx, e.value,
          CASE WHEN w.reason IS NOT NULL THEN w.reason
            WHEN o.section THEN CASE WHEN c.id IS NULL THEN 'unknown_path' END
            WHEN o.question THEN 'not_an_answer' ELSE 'not_a_question' END AS reason, false AS member
        FROM pg_catalog.jsonb_each(CASE pg_catalog.jsonb_typeof(w.value) WHEN 'object' THEN w.value END) e
          LEFT JOIN ${nodes} c ON w.reason IS NULL AND o.section AND c.parent = w.node AND c.slug = e.key
        WHERE (c.question AND NOT c.ignored AND ${fits("pg_catalog.jsonb_typeof(e.value)", "(e.value #>> '{}')", "c.class")}) IS NOT TRUE
        UNION ALL
        SELECT CASE WHEN NOT w.member THEN w.node END, w.path, w.idx || e.place::int, e.value,
          CASE WHEN w.reason IS NOT NULL THEN w.reason WHEN w.member THEN 'list_in_list' END, true
        FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(w.value) WHEN 'array' THEN w.value END)
          WITH ORDINALITY e (value, place)
      ) b
      WHERE pg_catalog.jsonb_typeof(w.value) IN ('object', 'array')
    )
    SELECT w.n, w.path, w.idx, w.value, w.reason, w.ignored FROM (
      SELECT w.n, w.path, w.idx, w.value, w.ignored,
        CASE WHEN w.reason IS NOT NULL THEN w.reason
          WHEN NOT w.question THEN 'not_a_question'
          WHEN NOT ${fits("w.type", "w.text", "w.class")} THEN 'misfit' END AS reason
      FROM (
        SELECT w.n, w.path, w.idx, w.value, w.reason, o.question, o.class, ${["false", ...ignored].join(" OR ")} AS ignored,
          pg_catalog.jsonb_typeof(w.value) AS type, w.value #>> '{}' AS text
        FROM walk w LEFT JOIN ${nodes} o ON o.id = w.node
        WHERE pg_catalog.jsonb_typeof(w.value) NOT IN ('object', 'array')
        OFFSET 0
      ) w
    ) w WHERE w.ignored OR w.reason IS NOT NULL`,
  };
}
