/**
 * The documents as they were at one moment, read once: whatever they are stored as, jsonb here, with the form that each
 * answers, the values that go along with its answers, and how many leaves it has.
 */
import type { DocumentRows, DocumentTable } from "../../../plan/types.ts";
import type { TableName } from "../../../project/types.ts";
import type { Statement } from "../../session/batch.ts";
import { identifier, literal, qualified } from "../../names.ts";
import { DEEPEST } from "../values.ts";
import { FENCE } from "./fence.ts";
import type { Helpers } from "./helpers.ts";

export interface Stored {
  readonly jsonb: boolean;
  /** Of PostgreSQL. */
  readonly major: number;
  /** Of the forms and of the definition: with another, every document is flattened anew. */
  readonly digest: string;
  /** Where the digests of the last run are, if only what differs is wanted. */
  readonly known?: TableName;
}

const READ = "pg_temp.ctf_document";

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
const readAsked = (from: string, given: string): string => `(
    SELECT f.*, CASE WHEN f.ctf_fault IS NULL THEN f.ctf_text::jsonb END AS ctf_document FROM (
      SELECT f.*, CASE WHEN f.ctf_text IS NULL THEN NULL WHEN ${isDoubtful("f.ctf_text")} THEN '${DOUBTFUL}'
        WHEN f.ctf_text IS JSON WITH UNIQUE KEYS THEN
          CASE WHEN NOT (${isPlain("f.ctf_text")}) AND NOT pg_catalog.pg_input_is_valid(f.ctf_text, 'jsonb') THEN 'malformed' END
        WHEN pg_catalog.pg_input_is_valid(f.ctf_text, 'jsonb') THEN 'repeated_slug' ELSE 'malformed' END AS ctf_fault
      FROM (SELECT f.*, ${given}::text AS ctf_text FROM ${from} f ${FENCE}) f ${FENCE}
    ) f ${FENCE}
  )`;

const DOUBTFUL = "doubtful";

/** From PostgreSQL 16 on, one can ask whether a text is jsonb. */
export const canAsk = (major: number): boolean => major >= 16;

export const anyDoubtful = ({ documents }: Helpers): string =>
  `SELECT EXISTS (SELECT FROM ${qualified(documents)} d WHERE d.fault = '${DOUBTFUL}') AS doubtful`;

/** These are tried after all. */
export const settleDoubtful = ({ documents }: Helpers): Statement => ({
  text: `UPDATE ${qualified(documents)} d SET document = r.document, fault = r.fault, leaves = r.leaves,
      given = CASE WHEN r.fault IS NOT NULL THEN d.given END
    FROM (
      SELECT r.n, r.document, r.fault, CASE WHEN r.fault IS NULL THEN ${LEAVES} ELSE 1 END AS leaves
      FROM (
        SELECT d.n, r.document, ${faultOf("r.fault", "r.document", "d.form")} AS fault
        FROM ${qualified(documents)} d CROSS JOIN LATERAL ${READ}(d.given) r WHERE d.fault = '${DOUBTFUL}' ${FENCE}
      ) r ${FENCE}
    ) r WHERE r.n = d.n`,
});

/** As the other engine has it. What is nested so deeply has a header of eight bytes for each level at least. */
const isTooDeep = (document: string): string =>
  `pg_catalog.pg_column_size(${document}) > ${8 * DEEPEST} AND pg_catalog.jsonb_path_exists(${document},
            'strict $.**{${DEEPEST}} ? (@.type() == "object" || @.type() == "array")')`;

/** The first reason why a document can't be walked. */
const faultOf = (
  broken: string,
  document: string,
  form: string,
): string => `CASE WHEN ${broken} IS NOT NULL THEN ${broken}
          WHEN ${document} IS NULL THEN 'no_document'
          WHEN pg_catalog.jsonb_typeof(${document}) <> 'object' THEN 'not_an_object'
          WHEN ${isTooDeep(document)} THEN 'too_deep'
          WHEN ${form} IS NULL THEN 'unknown_form' END`;

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
export function storeDocuments(
  rows: DocumentRows,
  helpers: Helpers,
  { jsonb, major, digest: how, known }: Stored,
): Statement {
  const { from, keyText, given, formKey, carried, digest, fault } = askedOf(rows, how);
  const own = [...(rows.which === "changed" ? [{ name: "digest", value: digest }] : []), ...carried];
  const asked = !jsonb && canAsk(major);
  // As it is stored, it goes on as it is; to look into it, it is unpacked once.
  const read = jsonb
    ? `(SELECT ${given} AS stored, ${given} #> '{}' AS document, NULL::text AS fault)`
    : asked
      ? "(SELECT f.ctf_document AS stored, f.ctf_document AS document, f.ctf_fault AS fault)"
      : `(SELECT r.document AS stored, r.document, r.fault FROM ${READ}(${given}::text) r)`;
  return {
    text: `CREATE UNLOGGED TABLE ${qualified(helpers.documents)} AS
    SELECT pg_catalog.row_number() OVER ()::int AS n, r.*
    FROM (
      SELECT r.key, r.form, r.root, r.form_key, r.stored AS document, r.fault,
        CASE WHEN r.fault IS NULL THEN ${LEAVES} ELSE 1 END AS leaves,
        CASE WHEN r.fault IS NOT NULL THEN r.given::text END AS given${own.map(({ name }) => `, r.${name}`).join("")}
      FROM (
        SELECT r.*, ${faultOf("r.broken", "r.document", "r.form")} AS fault
        FROM (
          SELECT ${keyText} AS key, o.no AS form, o.root, ${formKey} AS form_key, r.stored, r.document, ${given} AS given,
            coalesce(${fault}, r.fault) AS broken${own.map(({ name, value }) => `, ${value} AS ${name}`).join("")}
          FROM ${asked ? readAsked(from, given) : from} f CROSS JOIN LATERAL ${read} r
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
export function selectDocuments(rows: DocumentRows, { digest: how, known }: Omit<Stored, "jsonb" | "major">): string {
  const { from, keyText, given, formKey, carried, digest, fault } = askedOf(rows, how);
  const values = [keyText, formKey, `${given}::text`, fault, rows.which === "changed" ? digest : "NULL"];
  return `SELECT ${[...values, ...carried.map(({ value }) => value)].join(", ")} FROM ${from} f
    ${known ? `WHERE ${isNew(keyText, digest, known)}` : ""}`;
}
