/**
 * The one statement that makes the events: every section of every document, joined with the questions that the form has
 * there. It looks answers up by their slugs, so what nobody knows costs it nothing; those are found afterwards.
 */
import type { EventColumn, EventPart } from "../../../plan/types.ts";
import { identifier, qualified } from "../../names.ts";
import { carriedName } from "./documents.ts";
import { CLASSES, fits } from "./fits.ts";
import type { Helpers } from "./helpers.ts";

export interface Shape {
  readonly columns: readonly EventColumn[];
  /** How many slugs the longest path to a section has. */
  readonly levels: number;
  /** Some document has a list, at a question or a section. */
  readonly lists: boolean;
  /** At a section. */
  readonly repeats: boolean;
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

/** A section that stands in no list: straight down from the root, slug by slug. */
function plainSections({ levels, columns }: Pick<Shape, "levels" | "columns">, { documents, nodes }: Helpers): string {
  let way = "d.document";
  const ways = [`WHEN 0 THEN ${way}`];
  for (let depth = 1; depth <= levels; depth++) {
    way = `${way} -> s.s${depth}`;
    ways.push(`WHEN ${depth} THEN ${way}`);
  }
  return `SELECT d.n, ${carried(columns, "d.")}s.id AS section, '{}'::int[] AS idx, CASE s.depth ${ways.join(" ")} END AS value
    FROM ${qualified(documents)} d JOIN ${qualified(nodes)} s ON s.form = d.form AND s.section WHERE d.fault IS NULL`;
}

/** Whether there are any lists at all. A bracket in a text does no harm. */
export const anyLists = ({ documents }: Helpers): string =>
  `SELECT EXISTS (SELECT FROM ${qualified(documents)} d WHERE pg_catalog.strpos(d.document::text, '[') > 0) AS lists`;

/** Whether a section holds one. */
export const anyRepeats = (shape: Pick<Shape, "levels" | "columns">, helpers: Helpers): string =>
  `SELECT EXISTS (SELECT FROM (${plainSections(shape, helpers)} OFFSET 0) p WHERE pg_catalog.jsonb_typeof(p.value) = 'array') AS repeats`;

/** The objects of repeated sections, and the sections within them. */
const repeatedSections = (shape: Shape, helpers: Helpers): string => `
  WITH RECURSIVE inside (n, section, idx, value) AS (
    SELECT p.n, p.section, ARRAY[e.place::int], e.value
    FROM (SELECT * FROM (${plainSections(shape, helpers)} OFFSET 0) p WHERE pg_catalog.jsonb_typeof(p.value) = 'array' OFFSET 0) p
      CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(p.value) WITH ORDINALITY e (value, place)
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
  SELECT i.n, ${carried(shape.columns, "d.")}i.section, i.idx, i.value
  FROM inside i JOIN ${qualified(helpers.documents)} d ON d.n = i.n`;

/** OFFSET 0 keeps what is looked up once from being looked up wherever it is used. */
export function selectEvents(shape: Shape, helpers: Helpers): string {
  const plain = plainSections(shape, helpers);
  const sections = shape.repeats ? `${plain} UNION ALL (${repeatedSections(shape, helpers)})` : plain;
  const columns = shape.columns.map(({ name, type, from }, n) => {
    const value = from.type === "leaf" ? parts[from.part] : `l.${carriedName(n)}`;
    return `(${value})::${type} AS ${identifier(name)}`;
  });
  const answers = `SELECT s.*, q.path, q.answer_type, q.tag, q.class, s.value -> q.slug AS answer
    FROM (${sections} OFFSET 0) s JOIN ${qualified(helpers.nodes)} q ON q.parent = s.section AND q.question AND NOT q.ignored
    OFFSET 0`;
  return `SELECT ${columns.join(", ")}
FROM (
  SELECT l.*, pg_catalog.jsonb_typeof(l.answer) AS type, l.answer #>> '{}' AS text
  FROM (${shape.lists ? oneByOne(answers, shape) : answers}) l WHERE l.answer IS NOT NULL
  OFFSET 0
) l
WHERE ${fits("l.type", "l.text", "l.class")}`;
}

/** Each answer of a list by itself, with its place. */
const oneByOne = (answers: string, { columns }: Shape): string => `
  SELECT ${carried(columns, "a.")}a.path, a.answer_type, a.tag, a.class,
    CASE WHEN a.listed THEN a.answer -> (a.place - 1) ELSE a.answer END AS answer,
    CASE WHEN a.listed THEN a.idx || a.place ELSE a.idx END AS idx
  FROM (
    SELECT a.*, pg_catalog.generate_series(1, CASE WHEN a.listed THEN pg_catalog.jsonb_array_length(a.answer) ELSE 1 END) AS place
    FROM (SELECT a.*, pg_catalog.jsonb_typeof(a.answer) = 'array' AS listed FROM (${answers}) a WHERE a.answer IS NOT NULL OFFSET 0) a
  ) a
  OFFSET 0`;

/** What goes along from the document, for a list of columns. */
const carried = (columns: readonly EventColumn[], of: string): string =>
  columns.map(({ from }, n) => (from.type === "document" ? `${of}${carriedName(n)}, ` : "")).join("");
