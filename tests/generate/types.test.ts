/** Rows are made for every type that people use, and PostgreSQL takes them. */
import { describe, expect, test } from "vitest";
import { makeRows } from "../../src/generate/make_rows.ts";
import { batch } from "../../src/warehouse/session/batch.ts";
import { insertStatements } from "../../src/warehouse/facts/insert.ts";
import { readFacts } from "../../src/warehouse/facts/read.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { testMajors } from "../support/servers.ts";

const SETUP = `
  CREATE TYPE mood AS ENUM ('calm', 'it''s "fine"', 'a,b');
  CREATE DOMAIN zip AS text CHECK (VALUE ~ '^[0-9]{5}(-[0-9]{4})?$');
  CREATE DOMAIN share AS numeric(5,4) NOT NULL CHECK (VALUE > 0 AND VALUE <= 1);
  CREATE DOMAIN half AS share CHECK (VALUE < 0.5);
  CREATE DOMAIN odd AS int CHECK (VALUE % 2 = 1);
  CREATE TYPE place AS (city text, zip zip, spot point, tags text[]);
  CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS ltree;
`;

const TYPES = [
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "numeric(4,2)",
  "numeric(3,0)",
  "numeric(2,-2)",
  "numeric(3,5)",
  "real",
  "double precision",
  "money",
  "text",
  "varchar(3)",
  "varchar",
  "char(5)",
  "char",
  '"char"',
  "name",
  "citext",
  "bytea",
  "boolean",
  "date",
  "time",
  "time(3)",
  "timetz",
  "timestamp",
  "timestamp(0)",
  "timestamptz",
  "interval",
  "interval day to second",
  "uuid",
  "json",
  "jsonb",
  "xml",
  "inet",
  "cidr",
  "macaddr",
  "macaddr8",
  "bit",
  "bit(7)",
  "varbit",
  "varbit(5)",
  "tsvector",
  "tsquery",
  "point",
  "line",
  "lseg",
  "box",
  "path",
  "polygon",
  "circle",
  "pg_lsn",
  "oid",
  "hstore",
  "ltree",
  "int4range",
  "int8range",
  "numrange",
  "daterange",
  "tsrange",
  "tstzrange",
  "int4multirange",
  "datemultirange",
  "tstzmultirange",
  "mood",
  "zip",
  "share",
  "half",
  "place",
  "place[]",
  "mood[]",
  "zip[]",
  "integer[]",
  "numeric(4,2)[]",
  "text[][]",
  "bytea[]",
  "box[]",
  "daterange[]",
  "jsonb[]",
  "timestamptz[]",
];

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("500 rows of each type", async () => {
    const client = await connect((await freshDatabase(major)).url);
    await client.query(SETUP);
    const failed: string[] = [];
    for (const type of TYPES) {
      await client.query(
        `DROP TABLE IF EXISTS t; CREATE TABLE t (a ${type} NOT NULL, member_id ${type}, "Mixed Case" ${type})`,
      );
      try {
        const facts = await readFacts(client, [{ schema: "public", name: "t", columns: [] }]);
        await batch(
          client,
          insertStatements(makeRows(facts, new Map(), { seed: 1, counts: new Map([["public.t", 500]]) })),
        );
        const { rows } = await client.query(`SELECT count(*)::int AS n, count("Mixed Case")::int AS given FROM t`);
        expect(rows).toEqual([{ n: 500, given: 500 }]);
      } catch (error) {
        failed.push(
          `${type}: ${String((error as { cause?: unknown }).cause ?? error)} ${JSON.stringify((error as { diagnostics?: unknown }).diagnostics)}`,
        );
      }
    }
    expect(failed).toEqual([]);
  });

  test("30 rows with each type as the primary key", async () => {
    const client = await connect((await freshDatabase(major)).url);
    await client.query(SETUP);
    const failed: string[] = [];
    for (const type of TYPES) {
      if (
        /^(json|xml|point|line|lseg|box|path|polygon|circle|"char"|char|boolean|mood|bit|place)$|^box|^place|^json\b|share|half|varchar\(3\)|^mood\[\]|hstore/.test(
          type,
        )
      )
        continue;
      await client.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (member_id ${type} PRIMARY KEY, more ${type} UNIQUE)`);
      try {
        const facts = await readFacts(client, [{ schema: "public", name: "t", columns: [] }]);
        await batch(
          client,
          insertStatements(makeRows(facts, new Map(), { seed: 1, counts: new Map([["public.t", 30]]) })),
        );
      } catch (error) {
        failed.push(
          `${type}: ${String((error as { cause?: unknown }).cause ?? error)} ${JSON.stringify((error as { diagnostics?: unknown }).diagnostics)}`,
        );
      }
    }
    expect(failed).toEqual([]);
  });
});
