/** What `--debug-sql` logs, and what errors say: never a value of the database, wherever it stands. */
import { describe, expect, test } from "vitest";
import { drawLogged } from "../../src/cli/etl/draw_logged.ts";
import { styleFor } from "../../src/cli/terminal/style.ts";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { renderText } from "../../src/diagnostics/render_text.ts";
import { processDatabase, type Processor } from "../../src/workshop/process.ts";
import { type Filled, filled, shipped } from "./support.ts";

const PLANTED = "Zanzibar";
const processors = [...shipped.processors].map(([name, { processor }]) => [name, processor] as const);

/** The word in every text column, every answer, every slug, tag and label; a number and a day that are nowhere else. */
async function planted(): Promise<Filled> {
  const database = await filled({ users: 2, forms: 1, submissions: 4 });
  await database.client.query(`
    ALTER TABLE app.submissions DROP CONSTRAINT submissions_user_id_fkey, DROP CONSTRAINT submissions_form_id_fkey;
    UPDATE app.users SET member_id = '${PLANTED}', first_name = '${PLANTED}', last_name = '${PLANTED}', birth_year = 77177;
    UPDATE app.forms SET id = 77177, name = '${PLANTED}', schema = replace(replace(replace(schema::text,
      '"slug": "', '"slug": "${PLANTED}'), '"en": "', '"en": "${PLANTED}'), '"text"', '"${PLANTED}"')::jsonb
      || '{"tag": "${PLANTED}"}';
    UPDATE app.submissions SET id = 77177000 + id, user_id = 77177, form_id = 77177, source = '${PLANTED}',
      date_created = '1977-01-17 07:17:07.717177+00', date_submitted = '1977-01-17 07:17:07.717177+00',
      responses = replace(regexp_replace(responses::text, '"(\\w+)": ', '"${PLANTED}\\1": ', 'g'), ': "', ': "${PLANTED}')::jsonb`);
  return database;
}

const secrets = new RegExp(`${PLANTED}|77177|1977|717177`, "i");

/** All that a run says, to whomever. */
async function saidBy({ url }: Filled, processor: Processor): Promise<{ readonly said: string; readonly ok: boolean }> {
  const said: string[] = [];
  const log = (entry: Parameters<typeof drawLogged>[0]) =>
    said.push(JSON.stringify(entry), drawLogged(entry, styleFor(false)));
  try {
    said.push(JSON.stringify(await processDatabase(url, processor, { log })));
    return { said: said.join("\n"), ok: true };
  } catch (error) {
    expect(error).toBeInstanceOf(DiagnosticError);
    const { diagnostics, message, stack } = error as DiagnosticError;
    said.push(JSON.stringify(diagnostics), renderText(diagnostics, { color: false }), message, String(stack));
    return { said: said.join("\n"), ok: false };
  }
}

test.each(processors)("%s logs statements and no value", async (_, processor) => {
  const database = await planted();
  const { said, ok } = await saidBy(database, processor);
  expect(ok).toBe(true);
  const { rows } = await database.client.query(
    "SELECT count(*) AS events FROM dwh.response_events e WHERE e::text ~ $1",
    [PLANTED],
  );
  expect(rows[0].events).toBeGreaterThanOrEqual(48); // the values did go through; flatten rejects dates that are none
  expect(said).toMatch(/"statement":/);
  expect(said).not.toMatch(secrets);
});

/** Ways to fail on which PostgreSQL quotes the row or the value. */
const faults = {
  "a check": "ALTER TABLE dwh.response_events ADD CHECK (value <> value)",
  "a unique key": "ALTER TABLE dwh.response_events ADD UNIQUE (user_id)",
  "a type that does not fit": "ALTER TABLE dwh.response_events ALTER value TYPE integer USING NULL",
  "a text that is too long": "ALTER TABLE dwh.response_events ALTER value TYPE varchar(2)",
  "a trigger that tells": `CREATE FUNCTION dwh.tell() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION '%', NEW USING DETAIL = NEW::text, HINT = NEW::text, ERRCODE = 'Z7717'; END$$;
    CREATE TRIGGER tell BEFORE INSERT ON dwh.response_events FOR EACH ROW EXECUTE FUNCTION dwh.tell()`,
} as const;

// The kind flatten builds a table of its own; what its errors say is tested with it.
const onTheTable = processors.filter(([, processor]) => !("flatten" in processor));

describe.each(Object.entries(faults))("with %s in the way", (_, fault) => {
  test("no processor says a value", async () => {
    const database = await planted();
    await database.client.query(fault);
    for (const [name, processor] of onTheTable) {
      const { said, ok } = await saidBy(database, processor);
      expect(ok, name).toBe(false);
      expect(said, name).toContain('"failed":true');
      expect(said, name).not.toMatch(secrets);
      expect(said, name).not.toContain("Z7717");
    }
  });
});
