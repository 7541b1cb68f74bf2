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

/** One of each class that an error can be of, and those that CTF has words of its own for. */
const SQLSTATES =
  "01000 02000 03000 08006 09000 0A000 0B000 0F000 0L000 0P000 20000 21000 22000 22001 22003 22012 22P02 23000 23502 23503 23505 23514 24000 25000 25006 26000 27000 28000 2B000 2D000 2F000 34000 38000 39000 3B000 3D000 3F000 40001 40P01 42501 42601 42703 42804 42P01 42P07 44000 53100 53200 54000 55000 55P03 57014 57P01 58030 72000 F0000 HV000 P0001 P0002 XX000 XX001 ZZZZZ".split(
    " ",
  );

test("whatever an error is, and whichever of its fields holds the row", async () => {
  const database = await planted();
  for (const sqlstate of SQLSTATES) {
    await database.client.query(`
      CREATE OR REPLACE FUNCTION dwh.tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE WARNING '%', NEW;
          RAISE EXCEPTION '%', NEW USING DETAIL = NEW::text, HINT = NEW::text, ERRCODE = '${sqlstate}',
            SCHEMA = NEW.value, TABLE = NEW.value, COLUMN = NEW.value, CONSTRAINT = NEW.value, DATATYPE = NEW.value;
        END$$;
      CREATE OR REPLACE TRIGGER tell BEFORE INSERT ON dwh.response_events FOR EACH ROW EXECUTE FUNCTION dwh.tell()`);
    for (const name of ["chunks", "copy", "set-based"]) {
      const { said, ok } = await saidBy(database, shipped.processors.get(name)!.processor);
      expect(ok, sqlstate).toBe(false);
      expect(said, `${sqlstate}, ${name}`).not.toMatch(secrets);
    }
  }
});

test.each([
  ["a schema that is no tree", `UPDATE app.forms SET schema = '{"slug": "x", "children": "${PLANTED}"}'`],
  ["a node that is a text", `UPDATE app.forms SET schema = '{"slug": "x", "children": ["${PLANTED}"]}'`],
  ["a form that nobody knows", "UPDATE app.submissions SET form_id = 1977"],
  ["a number that JavaScript has not", `UPDATE app.submissions SET responses = '{"${PLANTED}": 1e9999}'`],
])("%s", async (_, odd) => {
  const database = await planted();
  await database.client.query(odd);
  for (const [, processor] of processors) {
    await database.client.query("CREATE TABLE IF NOT EXISTS dwh.response_events ()");
    const said = await processDatabase(database.url, processor).then(JSON.stringify, (error: unknown) =>
      [String(error), (error as Error).stack, JSON.stringify(error)].join("\n"),
    );
    expect(said).not.toMatch(secrets);
  }
});
