/** Makes a scenario's tables in an empty database, and fills them. */
import { copyRows } from "../../files/text.ts";
import { randomOf } from "../../generate/random.ts";
import { plausibleText } from "../../generate/values/plausible.ts";
import { forms } from "../forms/index.ts";
import type { Session } from "../session/session.ts";
import { sql, type Sql } from "../session/sql.ts";
import { answersTo } from "./answers.ts";
import type { Documents, Scenario } from "./types.ts";

/** A large scenario has so many different documents, which PostgreSQL multiplies: a set at once is much faster. */
const MOST_DIFFERENT = 3000;

export async function fillScenario(
  session: Session,
  { users, forms: formCount, submissions }: Scenario,
  { documents, seed }: { readonly documents: Documents; readonly seed: number },
): Promise<void> {
  const type = documents === "json" ? sql`json` : sql`jsonb`;
  for (const statement of tables(type)) await session.execute(statement);
  const chosen = forms.slice(0, formCount);
  await session.copyIn(sql`COPY app.users FROM STDIN`, [copyRows(userRows(users, seed))]);
  await session.copyIn(sql`COPY app.forms FROM STDIN`, [
    copyRows(chosen.map((form, n) => ({ values: [String(n + 1), form.slug, JSON.stringify(form)] }))),
  ]);
  const different = Math.min(submissions, MOST_DIFFERENT - (MOST_DIFFERENT % Math.max(1, formCount)));
  await session.copyIn(sql`COPY made FROM STDIN`, documentTexts(different, formCount, seed));
  await session.execute(
    sql`
      INSERT INTO app.submissions (id, user_id, form_id, source, date_created, date_submitted, responses)
      SELECT n, 1 + (n - 1) % $1::int, 1 + (n - 1) % $2::int, (ARRAY['home', 'phone', 'video'])[1 + n / 3 % 3],
        t.created, t.created + n % 50 * interval '1 minute' + interval '11:07.000031', m.responses
      FROM generate_series(1, $3::int) n
        JOIN made m ON m.no = 1 + (n - 1) % $4::int
        CROSS JOIN LATERAL (SELECT timestamptz '2018-01-02 14:00:00.5+00' + n * interval '37:12.345679' AS created) t
      ORDER BY n`,
    [users, formCount, submissions, different].map(String),
  );
  for (const statement of afterwards) await session.execute(statement);
}

const tables = (type: Sql): readonly Sql[] => [
  sql`CREATE SCHEMA app`,
  sql`CREATE SCHEMA dwh`,
  sql`
    CREATE TABLE app.users (
      id integer PRIMARY KEY,
      member_id text NOT NULL,
      first_name text NOT NULL,
      last_name text NOT NULL,
      birth_year integer NOT NULL
    )`,
  sql`CREATE TABLE app.forms (id integer PRIMARY KEY, name text NOT NULL, schema jsonb NOT NULL)`,
  sql`
    CREATE TABLE app.submissions (
      id bigint NOT NULL,
      user_id integer NOT NULL,
      form_id integer NOT NULL,
      source text NOT NULL,
      date_created timestamptz NOT NULL,
      date_submitted timestamptz NOT NULL,
      responses ${type} NOT NULL
    )`,
  sql`
    CREATE TABLE dwh.response_events (
      submission_id bigint,
      user_id integer,
      form_id integer,
      source text,
      date_created timestamptz,
      date_submitted timestamptz,
      processed_on timestamptz,
      schema_path text,
      value text,
      answer_type text,
      tag text
    )`,
  sql`CREATE TEMPORARY TABLE made (no integer PRIMARY KEY, responses ${type})`,
];

const afterwards: readonly Sql[] = [
  sql`DROP TABLE made`,
  sql`
    ALTER TABLE app.submissions
      ADD PRIMARY KEY (id),
      ADD FOREIGN KEY (user_id) REFERENCES app.users,
      ADD FOREIGN KEY (form_id) REFERENCES app.forms`,
  sql`VACUUM ANALYZE app.users, app.forms, app.submissions`,
];

const userRows = (users: number, seed: number): readonly { readonly values: readonly string[] }[] =>
  Array.from({ length: users }, (_, n) => {
    const random = randomOf(seed, "user", n);
    const name = (column: string) => plausibleText(column, random) ?? "";
    const member = String(random.int(0, 99_999_999)).padStart(8, "0");
    return {
      values: [String(n + 1), `M${member}`, name("first_name"), name("last_name"), String(random.int(1920, 1953))],
    };
  });

function* documentTexts(different: number, formCount: number, seed: number): Generator<string> {
  for (let n = 0; n < different; n++) {
    const answers = answersTo(forms[n % formCount]!, seed, "document", n);
    yield copyRows([{ values: [String(n + 1), JSON.stringify(answers)] }]);
  }
}
