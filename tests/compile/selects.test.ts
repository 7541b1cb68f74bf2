/** What PostgreSQL has against a SELECT, at its place in the file, on tables that are only declared. */
import { describe, expect, onTestFinished, test } from "vitest";
import { planSelects } from "../../src/compile/queries.ts";
import { unitsOf } from "../../src/compile/units.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import type { TableOutput } from "../../src/project/types.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { lines } from "../support/files.ts";
import { testMajors } from "../support/servers.ts";
import { compileFiles, given, projectOf, sql, table } from "./projects.ts";

const members = {
  "members.yaml": given("p.members", { id: "bigint", name: "text", born: "date" }, ["primary_key: [id]"]),
};
const reads = { inputs: ["transform: members"] };

test("what PostgreSQL would plan for hours is told, and not tried", async () => {
  const chain = (body: (from: string) => string) =>
    `WITH c0 AS (SELECT 1 AS id)${Array.from({ length: 3000 }, (_, n) => `,\nc${n + 1} AS ${body(`c${n}`)}`).join("")} SELECT id FROM c3000`;
  const endless = chain((from) => `(SELECT id FROM ${from})`);
  const upsert = { top: "kind: upsert", more: ["primary_key: [id]"] };
  const { said } = await compileFiles(18, {
    "endless.yaml": table("p.endless", { id: "integer" }),
    "endless.sql": endless,
    "upsert.yaml": table("p.upsert", { id: "integer" }, upsert),
    "upsert.sql": endless,
    "statements.yaml": sql(["table: p.statements\n    columns: [{name: id, type: integer}]"]),
    "statements.sql": `CREATE TABLE p.statements (id integer);\nINSERT INTO p.statements ${endless};\nSELECT oops FROM p.statements`,
    "kept.yaml": table("p.kept", { id: "integer" }),
    "kept.sql": chain((from) => `MATERIALIZED (SELECT id FROM ${from})`),
  });
  expect(said.map((line) => line.replace(/ WITH queries in a row that.*/s, "")).toSorted()).toEqual([
    "endless.sql:1:1 CTF343 p.endless has 3001",
    "statements.sql:2:1 CTF343 p.statements has 3001",
    'statements.sql:3003:8 CTF515 column "oops" does not exist (SQLSTATE 42703)',
    "upsert.sql:1:1 CTF343 p.upsert has 3001",
  ]);
});

test("what takes too long is told of, by name; who only shares its time limit is not", async () => {
  const { url } = await freshDatabase(18);
  const session = async () => {
    const client = await connect(url);
    onTestFinished(() => client.end());
    return { client, guarded: <T>(work: () => Promise<T>) => work() };
  };
  const first = await session();
  // Folded while it is planned, as it says that it is immutable.
  await first.client.query(`CREATE FUNCTION slow(s numeric) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
    'BEGIN PERFORM pg_sleep(s); RETURN 1; END'; SET statement_timeout = '2s'`);
  const { project } = await loadProject(projectOf(18, { ...members }), kinds, { cache: false });
  const unit = [...unitsOf(project).byId.values()][0]!;
  const selects = [1.2, 1.2, 1.2, 3600].map((seconds, n) => ({
    unit,
    query: { file: `t${n}.sql`, text: `SELECT slow(${seconds}) AS id`, line: 1, column: 1 },
    output: unit.relations[0]!.declared as TableOutput,
    comparable: false,
  }));
  const found = await planSelects({ session }, [first], selects, () => []);
  expect(lines(found)).toEqual([
    expect.stringMatching(/^t3.sql:1:1 CTF343 PostgreSQL was at this SELECT of p.members/),
  ]);
});

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("one project, every problem at its line and column, none following from another", async () => {
    const { said } = await compileFiles(major, {
      ...members,
      "good.yaml": table("p.good", { id: "bigint" }, reads),
      "good.sql": "SELECT id FROM p.members",
      "column.yaml": table("p.wrong_column", { id: "bigint" }, reads),
      "column.sql": "-- a comment: ä\nSELECT id,\n  m.nam\nFROM p.members AS m",
      "type.yaml": table("p.wrong_type", { id: "bigint", born: "date" }, reads),
      "type.sql": "SELECT id::int AS id, born FROM p.members",
      "cast.yaml": table("p.bad_cast", { id: "bigint" }, reads),
      "cast.sql": "SELECT born::bigint AS id FROM p.members",
      "literal.yaml": table("p.literal", { id: "date" }),
      "literal.sql": "SELECT date '2018-02-31' AS id",
      "function.yaml": table("p.no_function", { id: "bigint" }, reads),
      "function.sql": "SELECT p.double(id) AS id FROM p.members",
      "ambiguous.yaml": table("p.ambiguous", { id: "bigint" }, reads),
      "ambiguous.sql": "SELECT id FROM p.members a JOIN p.members b USING (name)",
      "relation.yaml": table("p.no_relation", { id: "bigint" }, reads),
      "relation.sql": "SELECT id FROM p.member",
      "planner.yaml": table("p.planner", { id: "bigint" }, reads),
      "planner.sql": "SELECT a.id FROM p.members a FULL JOIN p.members b ON a.id < b.id",
    });
    expect(said.toSorted()).toEqual([
      'ambiguous.sql:1:8 CTF515 column reference "id" is ambiguous (SQLSTATE 42702)',
      "cast.sql:1:12 CTF515 cannot cast type date to bigint (SQLSTATE 42846)",
      'column.sql:3:3 CTF515 column m.nam does not exist (SQLSTATE 42703) → Perhaps you meant to reference the column "m.name".',
      "function.sql:1:8 CTF515 function p.double(bigint) does not exist (SQLSTATE 42883) → No function matches the given name and argument types. You might need to add explicit type casts.",
      "literal.sql:1:13 CTF515 a date or time is out of range (SQLSTATE 22008)",
      "planner.sql:1:1 CTF515 PostgreSQL does not support this (SQLSTATE 0A000)",
      'relation.sql:1:16 CTF515 relation "p.member" does not exist (SQLSTATE 42P01) → Did you mean p.members?',
      "type.sql:1:1 CTF510 type.sql does not give the columns of p.wrong_type: born is missing (declared date); id is integer, declared bigint → Change one side or the other: write id::bigint in the SELECT, or declare integer.".replace(
        "born is missing (declared date); ",
        "",
      ),
    ]);
  });

  test("a primary key lets GROUP BY leave the other columns out", async () => {
    const grouped = {
      "grouped.yaml": table("p.grouped", { id: "bigint", name: "text", n: "bigint" }, reads),
      "grouped.sql": "SELECT id, name, count(*) AS n FROM p.members GROUP BY id",
    };
    expect((await compileFiles(major, { ...members, ...grouped })).said).toEqual([]);
    const keyless = { "members.yaml": given("p.members", { id: "bigint", name: "text" }) };
    expect((await compileFiles(major, { ...keyless, ...grouped })).said).toEqual([
      'grouped.sql:1:12 CTF515 column "members.name" must appear in the GROUP BY clause or be used in an aggregate function (SQLSTATE 42803)',
    ]);
  });

  test("an upsert may read itself; identity, default and generated columns may be left out", async () => {
    const { said } = await compileFiles(major, {
      "log.yaml": [
        "kind: upsert",
        "inputs: [{transform: log}]",
        "output:",
        "  table: p.log",
        "  columns:",
        "    - {name: number, type: bigint, identity: always}",
        "    - {name: id, type: bigint, not_null: true}",
        "    - {name: seen, type: timestamptz, default: now()}",
        "  primary_key: [id]",
        "",
      ].join("\n"),
      "log.sql": "SELECT coalesce(max(id), 0) + 1 AS id FROM p.log",
    });
    expect(said).toEqual([]);
  });

  test("names as people quote them: mixed case, spaces, 63 bytes", async () => {
    const long = "x".repeat(63);
    const { said } = await compileFiles(major, {
      "claims.yaml": given(`'"Claim Lines"."Paid, all"'`, { Id: "bigint" }),
      "paid.yaml": table("p.paid", { Id: "bigint" }, { inputs: ["transform: claims"] }),
      "paid.sql": 'SELECT "Id" FROM "Claim Lines"."Paid, all"',
      "long.yaml": given(`p.${long}`, { [long]: "bigint" }),
      "reader.yaml": table("p.reader", { id: "bigint" }, { inputs: ["transform: long"] }),
      "reader.sql": `SELECT ${long}1 AS id FROM p.${long}_and_more`,
    });
    expect(said).toEqual([]);
  });

  test("variables without a default are planned with a value of their type; settings hold for their transform alone", async () => {
    const { said } = await compileFiles(major, {
      "ctf.yaml": `ctf: 1\nproject: test\npostgres: ${major}\nvars:\n  run_date: {type: date}\n  share: {type: numeric}\n`,
      ...members,
      "due.yaml": table("p.due", { id: "bigint" }, reads),
      "due.sql":
        "SELECT id FROM p.members WHERE born < current_setting('ctf.run_date')::date AND id > current_setting('ctf.share')::numeric",
      "path.yaml": table(
        "p.path",
        { id: "bigint" },
        { ...reads, top: "kind: create_table_as\nsettings: {work_mem: 1GB, enable_hashjoin: 'off'}" },
      ),
      "path.sql": "SELECT id FROM p.members WHERE current_setting('work_mem') = '1GB'",
      "other.yaml": table("p.other", { id: "bigint" }, reads),
      "other.sql": "SELECT id FROM members",
    });
    expect(said).toEqual([
      'other.sql:1:16 CTF515 relation "members" does not exist (SQLSTATE 42P01) → Did you mean p.members?',
    ]);
  });
});
