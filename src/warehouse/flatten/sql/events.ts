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
import { sectionObjects, wayDown } from "./sections.ts";

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

/** Answers in repeated sections, that stand in no list themselves. */
export const selectRepeated = ({ columns }: Shape, { documents, repeated, asked }: Helpers): string =>
  `SELECT ${fill(columns, { value_json: "l.object -> l.slug" })}
FROM (
  SELECT ${carried(columns, "d.")}r.object, r.idx, q.slug, q.path, q.answer_type, q.tag, q.class, r.object ->> q.slug AS text
  FROM ${qualified(repeated)} r JOIN ${qualified(documents)} d ON d.n = r.n JOIN ${qualified(asked)} q ON q.section = r.section ${FENCE}
) l
WHERE ${fitsAt("l.object", "l.slug", "l.text", "l.class")}`;

/** Lists of answers, of the documents that are not complete. */
export function selectListed({ columns, levels }: Shape, helpers: Helpers): string {
  const lists = `SELECT s.n, s.idx, q.path, q.answer_type, q.tag, q.class, s.object -> q.slug AS answers
    FROM (${sectionObjects(levels, helpers.open, helpers)}) s JOIN ${qualified(helpers.asked)} q ON q.section = s.section ${FENCE}`;
  return `SELECT ${fill(columns)}
FROM (
  SELECT ${carried(columns, "d.")}a.path, a.answer_type, a.tag, a.class, a.idx || e.place::int AS idx,
    e.answer, pg_catalog.jsonb_typeof(e.answer) AS type, e.answer #>> '{}' AS text
  FROM (${lists}) a JOIN ${qualified(helpers.documents)} d ON d.n = a.n
    CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(a.answers) WITH ORDINALITY e (answer, place)
  WHERE pg_catalog.jsonb_typeof(a.answers) = 'array' ${FENCE}
) l
WHERE ${fits("l.type", "l.text", "l.class")}`;
}
