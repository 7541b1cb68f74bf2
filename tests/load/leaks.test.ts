/** What no word, log or record may say, and what a load leaves behind that was killed. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { load, rejectsOf, rowsOf } from "./support.ts";

const header = "id,name,amount\n";
const CANARY = "Zwetschgenbaum";

test("a patient's values are in no message, no event, no log and no record: only in the rejects", async () => {
  const rows = [
    `${CANARY},a,1`,
    `1,${CANARY},1`,
    `1,${CANARY},2`,
    `2,"${CANARY}`,
    `3,${CANARY}`,
    `4,${CANARY}\0,1`,
    `5,a,${CANARY}`,
    `6,never ${CANARY},-1`,
  ];
  const w = await load({
    files: { "data/a.csv": `${header}${rows.join("\n")}\n` },
    output: "primary_key: [id]\nconstraints: [{name: positive, check: amount / amount > 0}]",
  });
  const env = { WAREHOUSE_URL: w.url };
  for (const flags of [[], ["--json"]]) {
    const { code, stdout, stderr } = await runCtf(["run", "--all", "--target", "test", ...flags], { cwd: w.root, env });
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain("CTF830");
    expect(`${stdout}${stderr}`).not.toContain(CANARY);
  }
  const files = readdirSync(join(w.root, ".ctf"), { recursive: true, encoding: "utf8" })
    .map((file) => join(w.root, ".ctf", file))
    .filter((file) => statSync(file).isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(readFileSync(file, "utf8"), file).not.toContain(CANARY);
  for (const [table] of await rowsOf(
    w,
    "SELECT relname FROM pg_class WHERE relnamespace = 'ctf'::regnamespace AND relkind = 'r'",
  )) {
    expect(await w.value(`SELECT count(*)::int FROM ctf.${table} t WHERE t::text LIKE '%${CANARY}%'`), `${table}`).toBe(
      0,
    );
  }
  expect((await rejectsOf(w)).join("\n")).toContain(CANARY);
});

test("killed in the middle of an append: nothing of the file is there, and the next run loads all of it once", async () => {
  const rows = Array.from({ length: 600_000 }, (_, n) => `${n},a,1\n`).join("");
  const w = await load({ files: { "data/a.csv": `${header}0,a,1\n` }, more: "mode: append" });
  await w.publish();
  w.write({ "data/b.csv": `${header}${rows}x,a,1\n` });
  const options = { cwd: w.root, env: { WAREHOUSE_URL: w.url } };
  const going = await spawnCtf(["run", "--all", "--target", "test", "--json"], options);
  await going.saw(/"progress"/);
  going.child.kill("SIGKILL");
  await going.ended;
  expect(await rowsOf(w)).toHaveLength(1);
  expect(await rowsOf(w, "SELECT path FROM ctf.loaded_file")).toEqual([["data/a.csv"]]);
  w.write({ "data/b.csv": `${header}${rows}` });
  await w.publish();
  await w.publish();
  expect(await w.value("SELECT count(*)::int FROM lab.t")).toBe(600_001);
}, 120_000);
