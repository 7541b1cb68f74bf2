/** Ways to read the submissions and the schemas of their forms. */
import type { FormNode } from "../forms/node.ts";
import type { Session } from "../session/session.ts";
import { count, sql } from "../session/sql.ts";
import type { Extract, Submission } from "./types.ts";

const COLUMNS = sql`
  s.id, s.user_id AS "userId", s.form_id AS "formId", s.source,
  s.date_created AS created, s.date_submitted AS submitted, s.responses`;
const WITH_FORMS = sql`
  SELECT
    ${COLUMNS}, f.schema
  FROM app.submissions s JOIN app.forms f ON f.id = s.form_id
  ORDER BY s.id`;
const WITHOUT_FORMS = sql`
  SELECT
    ${COLUMNS}
  FROM app.submissions s
  ORDER BY s.id`;
const ONE = sql`
  SELECT
    ${COLUMNS}
  FROM app.submissions s
  WHERE s.id = $1`;

/** Asks for one submission after the other, and for the form of each: 2 N + 1 queries. */
export const oneByOne: Extract = async function* (session) {
  const ids = await session.query<{ id: string }>(sql`SELECT s.id FROM app.submissions s ORDER BY s.id`);
  for (const { id } of ids) {
    const [submission] = await session.query<Submission>(ONE, [id]);
    const [form] = await session.query<{ schema: FormNode }>(sql`SELECT f.schema FROM app.forms f WHERE f.id = $1`, [
      submission!.formId,
    ]);
    yield [{ ...submission!, schema: form!.schema }];
  }
};

/** Asks once for everything. All of it is in memory before the first event is made. */
export const allAtOnce: Extract = async function* (session) {
  yield await session.query<Submission>(WITH_FORMS);
};

/** A few at a time, each with its form by a join: the same few schemas are sent and parsed again with every row. */
export const cursorJoined: Extract = (session, chunk) => fetched<Submission>(session, WITH_FORMS, chunk);

/** A few at a time; the forms are read once, before. */
export const cursor: Extract = async function* (session, chunk) {
  const forms = await session.query<{ id: number; schema: FormNode }>(sql`SELECT f.id, f.schema FROM app.forms f`);
  const schemas = new Map(forms.map(({ id, schema }) => [id, schema]));
  for await (const submissions of fetched<Omit<Submission, "schema">>(session, WITHOUT_FORMS, chunk)) {
    yield submissions.map((submission) => ({ ...submission, schema: schemas.get(submission.formId)! }));
  }
};

/** The rows of a query through a cursor, which the server keeps: only one chunk is here at a time. */
async function* fetched<R>(session: Session, query: typeof WITH_FORMS, chunk: number): AsyncGenerator<readonly R[]> {
  await session.execute(sql`
    DECLARE submissions CURSOR FOR
      ${query}`);
  for (;;) {
    const rows = await session.query<R>(sql`FETCH ${count(chunk)} FROM submissions`);
    if (rows.length === 0) return;
    yield rows;
  }
}
