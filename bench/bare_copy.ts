/** The yardstick for loading: a file into a fresh table by COPY. Arguments: url, file, columns. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

const [, , url, file, columns] = process.argv;
const client = new pg.Client({ connectionString: url! });
await client.connect();
await client.query(`DROP TABLE IF EXISTS public.bare; CREATE TABLE public.bare (${columns})`);
await pipeline(
  createReadStream(file!),
  client.query(copyFrom("COPY public.bare FROM STDIN WITH (FORMAT csv, HEADER)")),
);
await client.end();
