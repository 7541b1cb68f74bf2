/** The sections of the documents, each found from above: those in no list by their slugs alone, the others one by one. */
import type { TableName } from "../../../project/types.ts";
import { qualified } from "../../names.ts";
import type { Statement } from "../../session/batch.ts";
import { FENCE } from "./fence.ts";
import { analyze, type Helpers } from "./helpers.ts";

/** From `d.document` straight down, slug by slug, to the section `s`. `levels`: how many slugs the longest way has. */
export function wayDown(levels: number): string {
  let way = "d.document";
  const ways = [`WHEN 0 THEN ${way}`];
  for (let depth = 1; depth <= levels; depth++) {
    way = `${way} -> s.s${depth}`;
    ways.push(`WHEN ${depth} THEN ${way}`);
  }
  return `CASE s.depth ${ways.join(" ")} END`;
}

/** What stands where no list is on the way, in the documents that `open` names. */
const plainSections = (levels: number, open: TableName, { documents, sections }: Helpers): string =>
  `SELECT d.n, s.id AS section, ${wayDown(levels)} AS value
    FROM (SELECT d.n, d.form, d.document #> '{}' AS document
      FROM ${qualified(open)} o JOIN ${qualified(documents)} d ON d.n = o.n ${FENCE}) d
    JOIN ${qualified(sections)} s ON s.form = d.form ${FENCE}`;

export const membersOf = (value: string): string =>
  `pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(${value}) WHEN 'array' THEN ${value} END) WITH ORDINALITY e (value, place)`;

const isObject = (value: string): string => `pg_catalog.jsonb_typeof(${value}) = 'object'`;

/**
 * The objects that are sections in lists, of the documents that are not complete; then the sections within these, level by
 * level. Below a list there are so many levels at most.
 */
export const storeRepeated = (levels: number, helpers: Helpers): readonly Statement[] => {
  const { repeated, open, nodes } = helpers;
  const below = (level: number): Statement => ({
    text: `INSERT INTO ${qualified(repeated)}
      SELECT r.n, s.id, m.idx, m.object, ${level}
      FROM ${qualified(repeated)} r JOIN ${qualified(nodes)} s ON s.parent = r.section AND s.section
        CROSS JOIN LATERAL (
          SELECT r.idx, r.object -> s.slug AS object
          UNION ALL
          SELECT r.idx || e.place::int, e.value FROM ${membersOf("r.object -> s.slug")}
        ) m
      WHERE r.level = ${level - 1} AND ${isObject("m.object")}`,
  });
  return [
    {
      text: `CREATE UNLOGGED TABLE ${qualified(repeated)} WITH (parallel_workers = 8) AS
      SELECT p.n, p.section, ARRAY[e.place::int] AS idx, e.value AS object, 1 AS level
      FROM (${plainSections(levels, open, helpers)}) p CROSS JOIN LATERAL ${membersOf("p.value")}
      WHERE ${isObject("e.value")}`,
    },
    ...Array.from({ length: Math.max(0, levels - 1) }, (_, n) => below(n + 2)),
    analyze(repeated, "n, section"),
  ];
};

/** Without lists there are none. */
export const createRepeated = ({ repeated }: Helpers): Statement => ({
  text: `CREATE UNLOGGED TABLE ${qualified(repeated)} (n int, section int, idx int[], object jsonb, level int)`,
});

/** All sections that are objects, in the documents that `open` names: n, section, idx, object. */
export const sectionObjects = (levels: number, open: TableName, helpers: Helpers): string =>
  `SELECT p.n, p.section, '{}'::int[] AS idx, p.value AS object
    FROM (${plainSections(levels, open, helpers)}) p WHERE ${isObject("p.value")}
  UNION ALL
  SELECT r.n, r.section, r.idx, r.object FROM ${qualified(open)} o JOIN ${qualified(helpers.repeated)} r ON r.n = o.n`;
