/** Whether a value is a scalar that fits its answer type, in SQL. */
import type { AnswerClass } from "../../../plan/types.ts";
import { literal } from "../../names.ts";
import { DATE, LONGEST_NUMBER, NUMBER } from "../values.ts";

/** By their numbers: comparing these takes a fraction of the time that texts take. */
export const CLASSES: readonly AnswerClass[] = ["text", "number", "boolean", "date"];

const isNumber = (text: string): string =>
  `pg_catalog.length(${text}) <= ${LONGEST_NUMBER} AND ${text} ~ ${literal(NUMBER)}`;

/** Looking a day up among those of two centuries takes a tenth of the time that the pattern takes. */
const DAYS = `SELECT pg_catalog.to_char((pg_catalog.make_date(1900, 1, 1) + i)::pg_catalog.timestamp, 'YYYY-MM-DD')
    FROM pg_catalog.generate_series(0, 73048) i`;

/** `type`: jsonb_typeof of the value; `text`: its text; `as`: the number of its class. */
export const fits = (type: string, text: string, as: string): string => `CASE ${type}
  WHEN 'string' THEN CASE ${as}
    WHEN 0 THEN true
    WHEN 1 THEN ${isNumber(text)}
    WHEN 2 THEN ${text} IN ('true', 'false')
    ELSE ${text} ~ ${literal(DATE)} END
  WHEN 'number' THEN ${as} IN (0, 1)
  WHEN 'boolean' THEN ${as} IN (0, 2)
  WHEN 'null' THEN true
  ELSE false END`;

/**
 * The same of what stands in `object` at `slug`, whose text is `text`, with the least that there is to do: most texts say
 * by themselves what they are. Not true also where nothing stands there.
 */
export const fitsAt = (object: string, slug: string, text: string, as: string): string => {
  const type = `pg_catalog.jsonb_typeof(${object} -> ${slug})`;
  return `CASE
  WHEN ${text} IS NULL THEN ${object} ? ${slug}
  WHEN ${as} = 0 THEN pg_catalog.left(${text}, 1) NOT IN ('[', '{') OR ${type} = 'string'
  WHEN ${as} = 1 THEN ${type} = 'number' OR ${isNumber(text)}
  WHEN ${as} = 2 THEN ${text} IN ('true', 'false')
  ELSE ${text} IN (${DAYS}) OR ${text} ~ ${literal(DATE)} END`;
};
