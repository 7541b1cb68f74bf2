/** The whole work as one statement, with no row leaving the database. */
import type { Session } from "../session/session.ts";
import { sql } from "../session/sql.ts";

const INSERT_EVENTS = sql`
  WITH RECURSIVE nodes (form_id, slugs, node) AS (
    SELECT f.id, '{}'::text[], f.schema FROM app.forms f
    UNION ALL
    SELECT n.form_id, n.slugs || (child.node ->> 'slug'), child.node
    FROM nodes n CROSS JOIN LATERAL jsonb_array_elements(n.node -> 'children') AS child (node)
  )
  INSERT INTO dwh.response_events
  SELECT s.id, s.user_id, s.form_id, s.source, s.date_created, s.date_submitted, $1::timestamptz,
    array_to_string(n.slugs, '.'), s.responses #>> n.slugs, n.node ->> 'answerType', n.node ->> 'tag'
  FROM app.submissions s JOIN nodes n ON n.form_id = s.form_id
  WHERE n.node ? 'answerType' AND s.responses #> n.slugs IS NOT NULL`;

/** Gives how many events it wrote. */
export const insertEvents = (session: Session, processedOn: string): Promise<number> =>
  session.execute(INSERT_EVENTS, [processedOn]);
