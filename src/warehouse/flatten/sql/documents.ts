/**
 * The documents as they were at one moment, read once: whatever they are stored as, jsonb here, with the form that each
 * answers, the values that go along with its answers, and how many leaves it has.
 */
import type { DocumentRows, DocumentTable } from "../../../plan/types.ts";
import type { TableName } from "../../../project/types.ts";
import type { Statement } from "../../batch.ts";
import { identifier, literal, qualified } from "../../names.ts";
import { FENCE } from "./fence.ts";
import type { Helpers } from "./helpers.ts";

export interface Stored {
  readonly jsonb: boolean;
  /** Of the forms and of the definition: with another, every document is flattened anew. */
  readonly digest: string;
  /** Where the digests of the last run are, if only what differs is wanted. */
  readonly known?: TableName;
}

const READ = "pg_temp.ctf_document";

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

/** What a column of the output that comes from the document is called here. */
export const carriedName = (n: number): string => `c${n}`;

/** Scalars, however deep. */
const LEAVES = "pg_catalog.jsonb_array_length(pg_catalog.jsonb_path_query_array(r.document, 'strict $.**{last}'))";

/** What is asked of a row of documents, whichever engine reads it. */
function askedOf(rows: DocumentRows, digest: string) {
  const { documents } = rows;
  const own = (column: string): string => `f.${identifier(column)}`;
  const carried = rows.columns.flatMap(({ type, from }, n) =>
    from.type === "document" ? [{ name: carriedName(n), value: `${own(from.column)}::${type}` }] : [],
  );
  const given = own(documents.column!);
  const formKey = documents.formKey === undefined ? "NULL::text" : `${own(documents.formKey)}::text`;
  const repeated = `SELECT ${own(documents.key)} FROM ${qualified((documents.from as DocumentTable).table)} f
    GROUP BY 1 HAVING pg_catalog.count(*) > 1`;
  const digested = [literal(digest), given, formKey, ...carried.map(({ value }) => value)].map(
    (value) => `${value}::text`,
  );
  return {
    from: qualified((documents.from as DocumentTable).table),
    // As it is in the output, whose rows are found by it.
    keyText: `${own(documents.key)}::${rows.columns.find(({ name }) => name === rows.key)!.type}::text`,
    given,
    formKey,
    carried,
    fault: `CASE WHEN ${own(documents.key)} IS NULL THEN 'no_key' WHEN ${own(documents.key)} IN (${repeated}) THEN 'repeated_key' END`,
    digest: `pg_catalog.md5(pg_catalog.jsonb_build_array(${digested.join(", ")})::text)`,
  };
}

/** `fault`: why the whole document is a reject, which then counts as one leaf. */
export function storeDocuments(rows: DocumentRows, helpers: Helpers, { jsonb, digest: how, known }: Stored): Statement {
  const { from, keyText, given, formKey, carried, digest, fault } = askedOf(rows, how);
  const own = [...(rows.which === "changed" ? [{ name: "digest", value: digest }] : []), ...carried];
  // As it is stored, it goes on as it is; to look into it, it is unpacked once.
  const read = jsonb
    ? `(SELECT ${given} AS stored, ${given} #> '{}' AS document, NULL::text AS fault)`
    : `(SELECT r.document AS stored, r.document, r.fault FROM ${READ}(${given}::text) r)`;
  return {
    text: `CREATE UNLOGGED TABLE ${qualified(helpers.documents)} AS
    SELECT pg_catalog.row_number() OVER ()::int AS n, r.*
    FROM (
      SELECT r.key, r.form, r.root, r.form_key, r.stored AS document, r.fault,
        CASE WHEN r.fault IS NULL THEN ${LEAVES} ELSE 1 END AS leaves,
        CASE WHEN r.fault IS NOT NULL THEN r.given::text END AS given${own.map(({ name }) => `, r.${name}`).join("")}
      FROM (
        SELECT r.*, CASE WHEN r.broken IS NOT NULL THEN r.broken
          WHEN r.document IS NULL THEN 'no_document'
          WHEN pg_catalog.jsonb_typeof(r.document) <> 'object' THEN 'not_an_object'
          WHEN r.form IS NULL THEN 'unknown_form' END AS fault
        FROM (
          SELECT ${keyText} AS key, o.no AS form, o.root, ${formKey} AS form_key, r.stored, r.document, ${given} AS given,
            coalesce(${fault}, r.fault) AS broken${own.map(({ name, value }) => `, ${value} AS ${name}`).join("")}
          FROM ${from} f CROSS JOIN LATERAL ${read} r
            LEFT JOIN ${qualified(helpers.forms)} o ON ${rows.documents.formKey === undefined ? "true" : `o.key = ${formKey}`}
          ${FENCE}
        ) r
        ${known ? `WHERE ${isNew("r.key", "r.digest", known)}` : ""}
        ${FENCE}
      ) r
      ${FENCE}
    ) r`,
  };
}

const isNew = (key: string, digest: string, known: TableName): string =>
  `NOT EXISTS (SELECT FROM ${qualified(known)} k WHERE k.document IS NOT DISTINCT FROM ${key} AND k.digest = ${digest})`;

/** For the other engine: key, form, text, fault, digest, and what goes along. */
export function selectDocuments(rows: DocumentRows, { digest: how, known }: Stored): string {
  const { from, keyText, given, formKey, carried, digest, fault } = askedOf(rows, how);
  const values = [keyText, formKey, `${given}::text`, fault, rows.which === "changed" ? digest : "NULL"];
  return `SELECT ${[...values, ...carried.map(({ value }) => value)].join(", ")} FROM ${from} f
    ${known ? `WHERE ${isNew(keyText, digest, known)}` : ""}`;
}
