/**
 * The documents as they were at one moment, read once: whatever they are stored as, jsonb here, with the form that each
 * answers, the values that go along with its answers, and how many leaves it has.
 */
import type { DocumentRows, DocumentTable } from "../../../plan/types.ts";
import type { TableName } from "../../../project/types.ts";
import type { Statement } from "../../session/batch.ts";
import { identifier, literal, qualified } from "../../names.ts";
import type { Digests } from "../forms/digest.ts";
import { DEEPEST } from "../values.ts";
import { FENCE } from "./fence.ts";
import type { Helpers } from "./helpers.ts";
import { canAsk, DOUBTFUL, READ, readAsked } from "./text_documents.ts";

export interface Stored {
  readonly jsonb: boolean;
  /** Of PostgreSQL. */
  readonly major: number;
  readonly digests: Digests;
  /** Where the digests of the last run are, if only what differs is wanted. */
  readonly known?: TableName;
}

export const anyDoubtful = ({ documents }: Helpers): string =>
  `SELECT EXISTS (SELECT FROM ${qualified(documents)} d WHERE d.fault = '${DOUBTFUL}') AS doubtful`;

/** These are tried after all. */
export const settleDoubtful = ({ documents }: Helpers): Statement => ({
  text: `UPDATE ${qualified(documents)} d SET document = r.document, fault = r.fault, leaves = r.leaves,
      given = CASE WHEN r.fault IS NOT NULL THEN d.given END
    FROM (
      SELECT r.n, r.document, r.fault, CASE WHEN r.fault IS NULL THEN ${leavesIn("r.document")} ELSE 1 END AS leaves
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
          WHEN ${isTooDeep(document)} THEN 'too_deep'
          WHEN pg_catalog.jsonb_typeof(${document}) <> 'object' THEN 'not_an_object'
          WHEN ${form} IS NULL THEN 'unknown_form' END`;

/** What a column of the output that comes from the document is called here. */
export const carriedName = (n: number): string => `c${n}`;

/** Scalars, however deep. */
export const leavesIn = (value: string): string =>
  `pg_catalog.jsonb_array_length(pg_catalog.jsonb_path_query_array(${value}, 'strict $.**{last}'))`;

/** Keys are compared letter by letter, and stored so, whatever the collation of the column that they come from. */
const keyText = (value: string): string => `${value}::text COLLATE pg_catalog."default"`;

/** What is asked of a row of documents, whichever engine reads it. */
function askedOf(rows: DocumentRows, digests: Digests) {
  const { documents } = rows;
  const from = qualified((documents.from as DocumentTable).table);
  const own = (column: string): string => `f.${identifier(column)}`;
  const carried = rows.columns.flatMap(({ type, from: of }, n) =>
    of.type === "document" ? [{ name: carriedName(n), value: `${own(of.column)}::${type}` }] : [],
  );
  const key = own(documents.key);
  const given = own(documents.column!);
  const formKey = documents.formKey === undefined ? undefined : keyText(own(documents.formKey));
  const repeated = `SELECT ${key} FROM ${from} f GROUP BY 1 HAVING pg_catalog.count(*) > 1`;
  const form = `${literal(JSON.stringify(digests.forms))}::jsonb ->> ${formKey ?? "''"}`;
  const digested = [
    literal(digests.definition),
    `(${form})`,
    given,
    formKey ?? "NULL",
    ...carried.map(({ value }) => value),
  ];
  return {
    from,
    // As it is in the output, whose rows are found by it.
    key: keyText(`${key}::${rows.columns.find(({ name }) => name === rows.key)!.type}`),
    given,
    formKey: formKey ?? "NULL::text",
    carried,
    fault: `CASE WHEN ${key} IS NULL THEN 'no_key' WHEN ${key} IN (${repeated}) THEN 'repeated_key' END`,
    digest: `pg_catalog.md5(pg_catalog.jsonb_build_array(${digested.map((value) => `(${value})::text`).join(", ")})::text)`,
  };
}

/** What is wrong with these may be mended in another document, so no digest tells whether they are to be read again. */
const UNKEYED = "('no_key', 'repeated_key')";

/** `fault`: why the whole document is a reject, which then counts as one leaf. */
export function storeDocuments(
  rows: DocumentRows,
  helpers: Helpers,
  { jsonb, major, digests, known }: Stored,
): Statement {
  const { from, key, given, formKey, carried, digest, fault } = askedOf(rows, digests);
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
        CASE WHEN r.fault IS NULL THEN ${leavesIn("r.document")} ELSE 1 END AS leaves,
        CASE WHEN r.fault IS NOT NULL THEN r.given::text END AS given${own.map(({ name }) => `, r.${name}`).join("")}
      FROM (
        SELECT r.*, ${faultOf("r.broken", "r.document", "r.form")} AS fault
        FROM (
          SELECT ${key} AS key, o.no AS form, o.root, ${formKey} AS form_key, r.stored, r.document, ${given} AS given,
            coalesce(${fault}, r.fault) AS broken${own.map(({ name, value }) => `, ${value} AS ${name}`).join("")}
          FROM ${asked ? readAsked(from, given) : from} f CROSS JOIN LATERAL ${read} r
            LEFT JOIN ${qualified(helpers.forms)} o ON ${rows.documents.formKey === undefined ? "true" : `o.key = ${formKey}`}
          ${FENCE}
        ) r
        ${known ? `WHERE r.broken IN ${UNKEYED} OR ${isNew("r.key", "r.digest", known)}` : ""}
        ${FENCE}
      ) r
      ${FENCE}
    ) r`,
  };
}

const isNew = (key: string, digest: string, known: TableName): string =>
  `NOT EXISTS (SELECT FROM ${qualified(known)} k WHERE k.document = ${key} AND k.digest = ${digest})`;

export const storeSeen = ({ seen, documents }: Helpers, run: string): Statement => ({
  text: `CREATE UNLOGGED TABLE ${qualified(seen)} AS
    SELECT DISTINCT d.key AS document, CASE WHEN d.fault IN ${UNKEYED} THEN NULL ELSE d.digest END AS digest, ${literal(run)} AS run
    FROM ${qualified(documents)} d`,
});

/** For the other engine: key, form, text, fault, digest, and what goes along. */
export function selectDocuments(rows: DocumentRows, { digests, known }: Omit<Stored, "jsonb" | "major">): string {
  const { from, key, given, formKey, carried, digest, fault } = askedOf(rows, digests);
  const values = [
    `${key} AS key`,
    `${formKey} AS form_key`,
    `${given}::text AS given`,
    `${fault} AS fault`,
    `${rows.which === "changed" ? digest : "NULL"} AS digest`,
    ...carried.map(({ name, value }) => `${value} AS ${name}`),
  ];
  const taken = [
    "r.key",
    "r.form_key",
    "r.given",
    "r.fault",
    "CASE WHEN r.fault IS NULL THEN r.digest END",
    ...carried.map(({ name }) => `r.${name}`),
  ];
  return `SELECT ${taken.join(", ")} FROM (SELECT ${values.join(", ")} FROM ${from} f ${FENCE}) r
    ${known ? `WHERE r.fault IS NOT NULL OR ${isNew("r.key", "r.digest", known)}` : ""}`;
}
