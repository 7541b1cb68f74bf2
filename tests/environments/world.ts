/** A project with an environment, a database of its own, and what production looks like. */
import { join } from "node:path";
import { readFileSync } from "node:fs";
import type pg from "pg";
import { runCtf, type CliResult } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { write, type Files } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";
import type { TestMajor } from "../support/servers.ts";
import { TARGETS } from "./kinds.ts";

export interface World {
  readonly root: string;
  readonly url: string;
  readonly client: pg.Client;
  write(files: Files): void;
  read(path: string): string;
  ctf(...args: readonly string[]): Promise<CliResult>;
  /** `ctf run …`, which has to succeed. */
  run(...args: readonly string[]): Promise<void>;
  rows(sql: string, values?: unknown[]): Promise<unknown[]>;
  value(sql: string, values?: unknown[]): Promise<unknown>;
  /** Every table with its rows, every function, grant, comment, index and constraint of these schemas. */
  digest(...schemas: readonly string[]): Promise<unknown[]>;
}

export async function world(major: TestMajor, files: Files, setup = ""): Promise<World> {
  const { root } = scratchProject({ "ctf.yaml": `ctf: 1\nproject: test\n${TARGETS}`, ...files });
  const { url, name } = await freshDatabase(major);
  const client = await connect(url);
  if (setup) await client.query(setup.replaceAll("NAME", name));
  const ctf = (...args: readonly string[]) => runCtf(args, { cwd: root, env: { WAREHOUSE_URL: url } });
  const rows = async (sql: string, values?: unknown[]) => (await client.query(sql, values)).rows;
  return {
    root,
    url,
    client,
    ctf,
    rows,
    write: (more) => write(root, more),
    read: (path) => readFileSync(join(root, path), "utf8"),
    async run(...args) {
      const { code, stderr, stdout } = await ctf("run", ...args);
      if (code !== 0) throw new Error(`${stderr}${stdout}`);
    },
    value: async (sql, values) => Object.values(((await client.query(sql, values)).rows as object[])[0] ?? {})[0],
    digest: (...schemas) => rows(DIGEST, [schemas]),
  };
}

const DIGEST = `
SELECT 'relation' AS what, c.oid::text AS id, n.nspname || '.' || c.relname AS name, coalesce(c.relacl::text, '') AS grants,
  coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
  CASE c.relkind WHEN 'r' THEN md5(query_to_xml('SELECT * FROM ' || c.oid::regclass || ' ORDER BY 1', true, true, '')::text)
    WHEN 'v' THEN md5(pg_get_viewdef(c.oid)) WHEN 'i' THEN pg_get_indexdef(c.oid) ELSE '' END AS content
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1)
UNION ALL SELECT 'function', p.oid::text, n.nspname || '.' || p.proname, coalesce(p.proacl::text, ''),
  coalesce(obj_description(p.oid, 'pg_proc'), ''), pg_get_functiondef(p.oid) || p.xmin
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1)
UNION ALL SELECT 'constraint', k.oid::text, k.conname, '', '', pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname = ANY ($1)
UNION ALL SELECT 'trigger', t.oid::text, t.tgname, '', '', t.tgconstraint::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1)
UNION ALL SELECT 'schema', oid::text, nspname, coalesce(nspacl::text, ''), '', '' FROM pg_namespace WHERE nspname = ANY ($1)
ORDER BY 1, 3, 2`;
