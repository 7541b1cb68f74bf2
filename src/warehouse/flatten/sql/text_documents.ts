/** Documents that are stored as text, or as json: they may be anything. */
import type { Statement } from "../../session/batch.ts";
import { FENCE } from "./fence.ts";

export const READ = "pg_temp.ctf_document";

/** So many brackets or bytes can nest too deeply, or be too much, and then no question is answered but by an error. */
const MANY = 1000;
const MUCH = 64 << 20;
const isDoubtful = (text: string): string => {
  const without = `pg_catalog.replace(pg_catalog.replace(${text}, '[', ''), '{', '')`;
  return `pg_catalog.octet_length(${text}) > ${2 * MANY} AND (pg_catalog.octet_length(${text}) > ${MUCH}
      OR pg_catalog.octet_length(${text}) - pg_catalog.octet_length(${without}) >= ${MANY})`;
};

/** JSON that is jsonb, too: no escape that no character stands for, no number too large. Asking for that takes longest. */
const isPlain = (text: string): string =>
  `pg_catalog.octet_length(${text}) < ${SHORT} AND pg_catalog.strpos(${text}, E'\\\\u') = 0 AND ${text} !~ '[0-9][eE]'`;

/** Shorter than the digits that a number may have. */
const SHORT = 16_000;

/**
 * The table with what is stored there as text, read without a function that tries, which would keep PostgreSQL's workers away:
 * as `ctf_document`, or why it can't be read, as `ctf_fault`. It is doubtful where a question could end in an error.
 */
export const readAsked = (from: string, given: string): string => `(
    SELECT f.*, CASE WHEN f.ctf_fault IS NULL THEN f.ctf_text::jsonb END AS ctf_document FROM (
      SELECT f.*, CASE WHEN f.ctf_text IS NULL THEN NULL WHEN ${isDoubtful("f.ctf_text")} THEN '${DOUBTFUL}'
        WHEN f.ctf_text IS JSON WITH UNIQUE KEYS THEN
          CASE WHEN NOT (${isPlain("f.ctf_text")}) AND NOT pg_catalog.pg_input_is_valid(f.ctf_text, 'jsonb') THEN 'malformed' END
        WHEN pg_catalog.pg_input_is_valid(f.ctf_text, 'jsonb') THEN 'repeated_slug' ELSE 'malformed' END AS ctf_fault
      FROM (SELECT f.*, ${given}::text AS ctf_text FROM ${from} f ${FENCE}) f ${FENCE}
    ) f ${FENCE}
  )`;

export const DOUBTFUL = "doubtful";

/** From PostgreSQL 16 on, one can ask whether a text is jsonb. */
export const canAsk = (major: number): boolean => major >= 16;

/**
 * A function that tries: what is stored as text may be anything, and json takes keys that come twice and characters that
 * jsonb does not. It writes nothing, so its many attempts use up no transaction numbers.
 */
export const createReader = (major: number): Statement => ({
  text: `CREATE OR REPLACE FUNCTION ${READ}(given text, OUT document jsonb, OUT fault text) LANGUAGE plpgsql AS $ctf$
    BEGIN
      IF given IS NULL THEN RETURN; END IF;
      document := given::jsonb;
      IF ${major >= 16 ? "given IS NOT JSON WITH UNIQUE KEYS" : REPEATED} THEN document := NULL; fault := 'repeated_slug'; END IF;
    EXCEPTION
      WHEN statement_too_complex OR program_limit_exceeded THEN document := NULL; fault := 'too_deep';
      WHEN data_exception OR untranslatable_character THEN fault := 'malformed';
    END $ctf$`,
});

/** PostgreSQL 15 can't ask whether keys are unique. */
const REPEATED = `EXISTS (
        WITH RECURSIVE inside (value) AS (
          SELECT given::json
          UNION ALL
          SELECT below.value FROM inside, LATERAL (
            SELECT e.value FROM pg_catalog.json_each(CASE pg_catalog.json_typeof(inside.value) WHEN 'object' THEN inside.value END) e
            UNION ALL
            SELECT e.value FROM pg_catalog.json_array_elements(CASE pg_catalog.json_typeof(inside.value) WHEN 'array' THEN inside.value END) e (value)
          ) below WHERE pg_catalog.json_typeof(below.value) IN ('object', 'array')
        )
        SELECT FROM inside, LATERAL (
          SELECT FROM pg_catalog.json_object_keys(CASE pg_catalog.json_typeof(inside.value) WHEN 'object' THEN inside.value END) k (key)
          HAVING pg_catalog.count(*) <> pg_catalog.count(DISTINCT k.key)
        ) twice)`;

export const removeReader: Statement = { text: `DROP FUNCTION IF EXISTS ${READ}(text)` };
