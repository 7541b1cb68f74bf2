/** What is to be published beside the events, made in the closed schema: rejects, digests, questions. */
import type { TableName } from "../../../project/types.ts";
import { batch, type Statement } from "../../session/batch.ts";
import { copyRecords } from "../../load/copy.ts";
import { literal, qualified } from "../../names.ts";
import type { Work } from "../../work.ts";
import type { Form, FormFault } from "../forms/form.ts";
import { reasons } from "../reasons.ts";
import type { Helpers } from "./helpers.ts";

export const rejectColumns = [
  ["run", "text"],
  ["document", "text"],
  ["form", "text"],
  ["file", "text"],
  ["line", "bigint"],
  ["path", "text"],
  ["item_index", "integer[]"],
  ["reason", "text"],
  ["message", "text"],
  ["raw", "text"],
  ["rejected_at", "timestamp with time zone"],
] as const;

export const seenColumns = [
  ["document", "text"],
  ["digest", "text"],
  ["run", "text"],
] as const;

export const questionColumns = [
  ["form", "text"],
  ["position", "integer"],
  ["path", "text"],
  ["section", "boolean"],
  ["answer_type", "text"],
  ["tag", "text"],
  ["label", "text"],
  ["labels", "jsonb"],
  ["show", "jsonb"],
  ["view_only", "boolean"],
] as const;

export const columnList = (columns: readonly (readonly [string, string])[]): string =>
  columns.map(([name, type]) => `${name} ${type}`).join(", ");

const words = `(VALUES ${Object.entries(reasons)
  .map(([reason, message]) => `(${literal(reason)}, ${literal(message)})`)
  .join(", ")}) m (reason, message)`;

const LONGEST_RAW = 1 << 20;

/** The rejects, first of what is wrong with the forms themselves. */
export async function storeFaults(work: Work, helpers: Helpers, faults: readonly FormFault[]): Promise<void> {
  await batch(work.client, [
    { text: `CREATE UNLOGGED TABLE ${qualified(helpers.rejects)} (${columnList(rejectColumns)})` },
  ]);
  const now = new Date().toISOString();
  const records = faults.map(({ form, path, reason, raw }) => ({
    values: [work.record.run, null, form, null, null, path, null, reason, reasons[reason], storable(raw), now],
  }));
  await copyRecords(work.client, `COPY ${qualified(helpers.rejects)}`, records);
}

/** PostgreSQL stores no zero byte and no half of a character. */
export const storable = (text: string): string =>
  text
    .slice(0, LONGEST_RAW)
    .replaceAll("\0", String.raw`\x00`)
    .toWellFormed();

export const storeRejects = (run: string, { rejects, rest, documents }: Helpers): Statement => ({
  text: `INSERT INTO ${qualified(rejects)}
    SELECT ${literal(run)}, r.key, r.form_key, NULL, NULL, r.path, r.idx, r.reason, m.message,
      pg_catalog.left(r.raw, ${LONGEST_RAW}), pg_catalog.now()
    FROM (
      SELECT d.key, d.form_key, r.path, r.idx, r.reason, r.value::text AS raw
      FROM ${qualified(rest)} r JOIN ${qualified(documents)} d ON d.n = r.n WHERE NOT r.ignored
      UNION ALL
      SELECT d.key, d.form_key, NULL, NULL, d.fault, d.given FROM ${qualified(documents)} d WHERE d.fault IS NOT NULL
    ) r JOIN ${words} ON m.reason = r.reason`,
});

export async function storeQuestions(work: Work, table: TableName, forms: readonly Form[]): Promise<void> {
  await batch(work.client, [{ text: `CREATE UNLOGGED TABLE ${qualified(table)} (${columnList(questionColumns)})` }]);
  const records = forms.flatMap(({ key, nodes }) =>
    nodes.slice(1).map(({ id, path, section, answer, tag, labels, show, viewOnly }) => {
      const { "": plain, ...byLanguage } = labels;
      const label = plain ?? labels["en"] ?? Object.values(labels)[0];
      const languages = Object.keys(byLanguage).length > 0 ? JSON.stringify(byLanguage) : null;
      return {
        values: [
          key,
          String(id),
          path,
          String(section),
          answer?.type ?? null,
          tag ?? null,
          label === undefined ? null : storable(label),
          languages,
          show ?? null,
          String(viewOnly),
        ],
      };
    }),
  );
  await copyRecords(work.client, `COPY ${qualified(table)}`, records);
}
