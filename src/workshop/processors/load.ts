/** Ways to write the events. */
import { copyRows } from "../../files/text.ts";
import { placeholders, sql } from "../session/sql.ts";
import { mapped, rechunked } from "./iterables.ts";
import { eventColumns, type Load } from "./types.ts";

const COLUMNS = sql`
  submission_id, user_id, form_id, source, date_created, date_submitted, processed_on,
  schema_path, value, answer_type, tag`;

const insertOf = (rows: number) => sql`
  INSERT INTO dwh.response_events (
    ${COLUMNS}
  )
  VALUES ${placeholders(rows, eventColumns.length)}`;

/** One INSERT for each row. */
export const insertEach: Load = async (session, chunks) => {
  const insertOne = insertOf(1);
  let written = 0;
  for await (const events of chunks) for (const event of events) written += await session.execute(insertOne, event);
  return written;
};

/** PostgreSQL takes no more parameters with one statement. */
const MOST_ROWS = Math.floor(65_535 / eventColumns.length);

/** How many rows one INSERT takes. */
export const rowsOfInsert = (chunk: number): number => Math.min(chunk, MOST_ROWS);

/** One INSERT for each chunk of rows. */
export const insertMany: Load = async (session, chunks, chunk) => {
  const size = rowsOfInsert(chunk);
  const insertFull = insertOf(size);
  let written = 0;
  for await (const events of rechunked(chunks, size)) {
    written += await session.execute(events.length === size ? insertFull : insertOf(events.length), events.flat());
  }
  return written;
};

/** One COPY for all rows. They are sent while the next ones are made, so that both sides are at work. */
export const copy: Load = (session, chunks, chunk) =>
  session.copyIn(
    sql`
      COPY dwh.response_events (
        ${COLUMNS}
      ) FROM STDIN`,
    mapped(rechunked(chunks, chunk), (events) => copyRows(events.map((event) => ({ values: event.map(asText) })))),
  );

const asText = (value: string | number | null): string | null => (value === null ? null : String(value));
