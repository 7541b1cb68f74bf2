/** Whether a value is a scalar that fits its answer type, in SQL. */
import type { AnswerClass } from "../../../plan/types.ts";
import { literal } from "../../names.ts";
import { DATE, LONGEST_NUMBER, NUMBER } from "../values.ts";

/** By their numbers: comparing these takes a fraction of the time that texts take. */
export const CLASSES: readonly AnswerClass[] = ["text", "number", "boolean", "date"];

/** `type`: jsonb_typeof of the value; `text`: its text; `as`: the number of its class. */
export const fits = (type: string, text: string, as: string): string => `CASE ${type}
  WHEN 'string' THEN CASE ${as}
    WHEN 0 THEN true
    WHEN 1 THEN pg_catalog.length(${text}) <= ${LONGEST_NUMBER} AND ${text} ~ ${literal(NUMBER)}
    WHEN 2 THEN ${text} IN ('true', 'false')
    ELSE ${text} ~ ${literal(DATE)} END
  WHEN 'number' THEN ${as} IN (0, 1)
  WHEN 'boolean' THEN ${as} IN (0, 2)
  WHEN 'null' THEN true
  ELSE false END`;
