/**
 * The statements that make the events. The first takes every section of every document with the questions that the form
 * has there, and looks answers up by their slugs, so what nobody knows costs it nothing. Answers in lists are none of its:
 * where documents have some, the second goes after them.
 */
import type { EventColumn, EventPart } from "../../../plan/types.ts";
import { identifier, qualified } from "../../names.ts";
import { carriedName } from "./documents.ts";
import { FENCE } from "./fence.ts";
import { CLASSES, fits, fitsAt } from "./fits.ts";
import type { Helpers } from "./helpers.ts";

export interface Shape {
  readonly columns: readonly EventColumn[];
  /** How many slugs the longest path to a section has. */
  readonly levels: number;
}

const parts: Readonly<Record<EventPart, string>> = {
  schema_path: "l.path",
  item_index: "l.idx",
  value: "l.text",
  answer_type: "l.answer_type",
  tag: "l.tag",
  value_text: `CASE l.class WHEN ${CLASSES.indexOf("text")} THEN l.text END`,
  value_number: `CASE l.class WHEN ${CLASSES.indexOf("number")} THEN l.text::pg_catalog.numeric END`,
  value_boolean: `CASE l.class WHEN ${CLASSES.indexOf("boolean")} THEN l.text::pg_catalog.bool END`,
  value_date: `CASE l.class WHEN ${CLASSES.indexOf("date")} THEN l.text::pg_catalog.date END`,
  value_json: "l.answer",
  processed_on: "pg_catalog.now()",
};

const fill = (columns: readonly EventColumn[], own: Partial<Record<EventPart, string>> = {}): string =>
  columns
    .map(({ name, type, from }, n) => {
      const value = from.type === "leaf" ? (own[from.part] ?? parts[from.part]) : `l.${carriedName(n)}`;
      return `(${value})::${type} AS ${identifier(name)}`;
    })
    .join(", ");

/** What goes along from the document, for a list of columns. */
const carried = (columns: readonly EventColumn[], of: string): string =>
  columns.map(({ from }, n) => (from.type === "document" ? `${of}${carriedName(n)}, ` : "")).join("");

/** From `d.document` straight down, slug by slug, to the section `s`. */
function wayDown(levels: number): string {
  let way = "d.document";
  const ways = [`WHEN 0 THEN ${way}`];
  for (let depth = 1; depth <= levels; depth++) {
    way = `${way} -> s.s${depth}`;
    ways.push(`WHEN ${depth} THEN ${way}`);
  }
  return `CASE s.depth ${ways.join(" ")} END`;
}

/** Answers that stand in no list. */
export function selectEvents({ columns, levels }: Shape, { documents, sections, asked }: Helpers): string {
  // `#> '{}'` is the document itself, unpacked: else it would be unpacked for every section.
  const whole = `SELECT ${carried(columns, "d.")}d.form, d.document #> '{}' AS document
      FROM ${qualified(documents)} d WHERE d.fault IS NULL ${FENCE}`;
  const asking = `SELECT ${carried(columns, "d.")}s.id AS section, ${wayDown(levels)} AS value
    FROM (${whole}) d LEFT JOIN ${qualified(sections)} s ON s.form = d.form AND s.asks ${FENCE}`;
  const objects = `SELECT ${carried(columns, "s.")}s.section,
      CASE pg_catalog.jsonb_typeof(s.value) WHEN 'object' THEN s.value END AS object FROM (${asking}) s ${FENCE}`;
  return `SELECT ${fill(columns, { item_index: "'{}'", value_json: "l.object -> l.slug" })}
FROM (
  SELECT ${carried(columns, "o.")}o.object, q.slug, q.path, q.answer_type, q.tag, q.class, o.object ->> q.slug AS text
  FROM (${objects}) o LEFT JOIN ${qualified(asked)} q ON q.section = o.section ${FENCE}
) l
WHERE ${fitsAt("l.object", "l.slug", "l.text", "l.class")}`;
}

/** Whether any of the documents that are not complete has a list. A bracket in a text does no harm. */
export const anyLists = ({ documents, open }: Helpers): string =>
  `SELECT EXISTS (
    SELECT FROM (SELECT d.document FROM ${qualified(documents)} d JOIN ${qualified(open)} o ON o.n = d.n ${FENCE}) d
    WHERE pg_catalog.strpos(d.document::text, '[') > 0) AS lists`;

/** Sections that stand in no list, of the documents that are not complete. */
export const plainSections = (levels: number, { documents, open, sections }: Helpers): string =>
  `SELECT d.n, s.id AS section, ${wayDown(levels)} AS value
    FROM (SELECT d.n, d.form, d.document #> '{}' AS document
      FROM ${qualified(open)} o JOIN ${qualified(documents)} d ON d.n = o.n ${FENCE}) d
    JOIN ${qualified(sections)} s ON s.form = d.form ${FENCE}`;

/** Their objects where they are lists, and the sections within these. */
const repeatedSections = (levels: number, helpers: Helpers): string => `
  WITH RECURSIVE inside (n, section, idx, value) AS (
    SELECT p.n, p.section, ARRAY[e.place::int], e.value
    FROM (${plainSections(levels, helpers)}) p
      CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(p.value) WHEN 'array' THEN p.value END)
        WITH ORDINALITY e (value, place)
    WHERE pg_catalog.jsonb_typeof(e.value) = 'object'
    UNION ALL
    SELECT i.n, s.id, below.idx, below.value
    FROM inside i JOIN ${qualified(helpers.nodes)} s ON s.parent = i.section AND s.section
      CROSS JOIN LATERAL (
        SELECT i.idx, i.value -> s.slug AS value WHERE pg_catalog.jsonb_typeof(i.value -> s.slug) = 'object'
        UNION ALL
        SELECT i.idx || e.place::int, e.value
        FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(i.value -> s.slug) WHEN 'array' THEN i.value -> s.slug END)
          WITH ORDINALITY e (value, place)
        WHERE pg_catalog.jsonb_typeof(e.value) = 'object'
      ) below
  )
  SELECT i.n, i.section, i.idx, i.value, true AS repeated FROM inside i`;

/** Answers in lists, of the documents that are not complete: lists of answers, and answers in repeated sections. */
export function selectListed({ columns, levels }: Shape, helpers: Helpers): string {
  const sections = `SELECT p.n, p.section, '{}'::int[] AS idx, p.value, false AS repeated FROM (${plainSections(levels, helpers)}) p
    UNION ALL (${repeatedSections(levels, helpers)})`;
  const answers = `SELECT s.n, s.idx, s.repeated, q.path, q.answer_type, q.tag, q.class, s.value -> q.slug AS answer
    FROM (${sections} ${FENCE}) s JOIN ${qualified(helpers.asked)} q ON q.section = s.section ${FENCE}`;
  const oneByOne = `SELECT a.*, pg_catalog.generate_series(1, CASE WHEN a.listed THEN pg_catalog.jsonb_array_length(a.answer) ELSE 1 END) AS place
    FROM (SELECT a.*, pg_catalog.jsonb_typeof(a.answer) = 'array' AS listed FROM (${answers}) a ${FENCE}) a
    WHERE a.listed OR a.repeated AND a.answer IS NOT NULL`;
  return `SELECT ${fill(columns)}
FROM (
  SELECT ${carried(columns, "d.")}l.*, pg_catalog.jsonb_typeof(l.answer) AS type, l.answer #>> '{}' AS text
  FROM (
    SELECT a.n, a.path, a.answer_type, a.tag, a.class, CASE WHEN a.listed THEN a.answer -> (a.place - 1) ELSE a.answer END AS answer,
      CASE WHEN a.listed THEN a.idx || a.place ELSE a.idx END AS idx
    FROM (${oneByOne}) a ${FENCE}
  ) l JOIN ${qualified(helpers.documents)} d ON d.n = l.n ${FENCE}
) l
WHERE ${fits("l.type", "l.text", "l.class")}`;
}
