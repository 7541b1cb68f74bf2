/** `ctf history` and `ctf prune`, which read what the records say. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";

const table = (name: string) => `kind: create_table_as
description: Numbers.
output:
  table: s.${name}
  columns: [{name: n, type: integer, description: A number}]
`;

async function project() {
  const { url } = await freshDatabase(18);
  const { root } = scratchProject({
    "ctf.yaml": "ctf: 1\nproject: test\ntargets: {db: {url_env: WAREHOUSE_URL}}\ndefault_target: db\n",
    "pipelines/p/pipeline.yaml": "description: One.\nowners: [a@b.example]\n",
    "pipelines/p/kept.yaml": table("kept"),
    "pipelines/p/kept.sql": "SELECT 1 AS n\n",
    "pipelines/p/gone.yaml": table("gone"),
    "pipelines/p/gone.sql": "SELECT 2 AS n\n",
  });
  const ctf = (...args: readonly string[]) => runCtf(args, { cwd: root, env: { WAREHOUSE_URL: url } });
  const forget = (name: string) => {
    rmSync(join(root, `pipelines/p/${name}.yaml`));
    rmSync(join(root, `pipelines/p/${name}.sql`));
  };
  const tables = async () => {
    const client = await connect(url);
    const { rows } = await client.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 's'::regnamespace ORDER BY 1",
    );
    return rows.map((row: { relname: string }) => row.relname);
  };
  const spoil = (name: string) => writeFileSync(join(root, `pipelines/p/${name}.yaml`), "kind: create_table_as\n");
  return { ctf, forget, spoil, tables, url };
}

test("history tells of runs and of one transform; before the first run it says that nothing has run", async () => {
  const { ctf } = await project();
  expect(await ctf("history")).toMatchObject({ code: 0, stdout: "", stderr: "Nothing has run on db yet.\n" });
  await ctf("run", "p");
  const { runs } = JSON.parse((await ctf("history", "--json")).stdout);
  expect(runs).toMatchObject([{ status: "succeeded", selection: "p", succeeded: 2, failed: 0, skipped: 0 }]);
  const { transformRuns } = JSON.parse((await ctf("history", "kept", "--json")).stdout);
  expect(transformRuns).toMatchObject([{ transform: "p.kept", status: "succeeded", rows: 1, attempts: 1, codes: [] }]);
  expect((await ctf("history", "kept")).stdout).toContain("succeeded");
  expect((await ctf("history", "kep")).code).toBe(2);
});

test("prune lists what no definition names any more, and drops it only when told to", async () => {
  const { ctf, forget, tables } = await project();
  await ctf("run", "p");
  expect((await ctf("prune")).stderr).toContain("Nothing to prune on db");
  forget("gone");
  const listed = await ctf("prune");
  expect(listed.stdout).toContain("s.gone");
  expect(listed.stderr).toContain("CTF416");
  expect(listed.code).toBe(2);
  expect(await tables()).toEqual(["gone", "kept"]);
  expect((await ctf("prune", "--yes")).stderr).toContain("Dropped s.gone.");
  expect(await tables()).toEqual(["kept"]);
});

test("prune drops neither what somebody made anew under the name, nor what others depend on", async () => {
  const { ctf, forget, tables, url } = await project();
  await ctf("run", "p");
  const client = await connect(url);
  await client.query(
    "CREATE VIEW s.reader AS SELECT n FROM s.gone; DROP TABLE s.kept; CREATE TABLE s.kept (n integer)",
  );
  forget("gone");
  forget("kept");
  const { code, stdout, stderr } = await ctf("prune", "--yes");
  expect(stdout).not.toContain("s.kept");
  expect(stderr).toContain("s.gone");
  expect(code).toBe(1);
  expect(await tables()).toEqual(["gone", "kept", "reader"]);
});

test("prune drops nothing while a definition can't be read, for its output would look abandoned", async () => {
  const { ctf, spoil, tables } = await project();
  await ctf("run", "p");
  spoil("gone");
  const { code, stderr } = await ctf("prune", "--yes");
  expect(stderr).toContain("CTF415");
  expect(code).toBe(1);
  expect(await tables()).toEqual(["gone", "kept"]);
});
