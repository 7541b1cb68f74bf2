/**
 * The yardstick for compiling: an empty table like each output, then EXPLAIN of each SELECT, by one client that does nothing
 * else: a hundred tables in a transaction and in one round trip. `node bare_compile.js URL FOLDER`
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { COLUMNS } from "./generate_project.ts";

const [, , url, folder] = process.argv;
const BATCH = 100;
const columns = COLUMNS.map(([name, type]) => `${name} ${type}`).join(", ");
const pipelines = readdirSync(join(folder!, "pipelines"));
const tables = pipelines.flatMap((schema) =>
  readdirSync(join(folder!, "pipelines", schema)).flatMap((file) =>
    file.endsWith(".sql") ? [{ schema, name: file.slice(0, -".sql".length) }] : [],
  ),
);

const admin = new pg.Client({ connectionString: url! });
await admin.connect();
await admin.query("CREATE DATABASE bare_compile TEMPLATE template0 STRATEGY file_copy");
const inside = new URL(url!);
inside.pathname = "/bare_compile";
const client = new pg.Client({ connectionString: inside.href });
await client.connect();
await client.query(["raw", ...pipelines].map((schema) => `CREATE SCHEMA ${schema}`).join("; "));
await client.query("CREATE TABLE raw.events (id bigint, happened_on date)");
for (const create of [true, false]) {
  for (let from = 0; from < tables.length; from += BATCH) {
    const texts = tables.slice(from, from + BATCH).map(({ schema, name }) => {
      if (!create) return `EXPLAIN ${readFileSync(join(folder!, "pipelines", schema, `${name}.sql`), "utf8")}`;
      const table = `${schema}.${name}`;
      return `CREATE TABLE ${table} (${columns}, PRIMARY KEY (id)); CREATE INDEX ON ${table} (happened_on)`;
    });
    await client.query(`BEGIN;\n${texts.join(";\n")};\nCOMMIT`);
  }
}
await client.end();
await admin.query("DROP DATABASE bare_compile WITH (FORCE)");
await admin.end();
