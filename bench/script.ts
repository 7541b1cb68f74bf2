/** The yardstick for running: build, key, index, analyze, publish, one statement after the other, as a careful script would. */
import pg from "pg";
import { query, TRANSFORMS } from "./small_tables.ts";

const client = new pg.Client({ connectionString: process.argv[2]! });
await client.connect();
await client.query("CREATE SCHEMA IF NOT EXISTS script; CREATE SCHEMA IF NOT EXISTS script_build");
for (let n = 0; n < TRANSFORMS; n++) {
  await client.query("BEGIN");
  await client.query(`CREATE TABLE script_build.t${n} AS ${query(n)}`);
  await client.query(`ALTER TABLE script_build.t${n} ADD PRIMARY KEY (id)`);
  await client.query(`CREATE INDEX ON script_build.t${n} (day)`);
  await client.query(`ANALYZE script_build.t${n}`);
  await client.query("COMMIT");
  await client.query("BEGIN");
  await client.query(`DROP TABLE IF EXISTS script.t${n}`);
  await client.query(`ALTER TABLE script_build.t${n} SET SCHEMA script`);
  await client.query("COMMIT");
}
await client.end();
