/** Every command that knows targets, on an environment beside production. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type TestMajor, testMajors } from "../support/servers.ts";
import { files, SETUP } from "./kinds.ts";
import { world, type World } from "./world.ts";

/** Production is built; `totals` and all that follows it, and the rules, stand in the environment as well. */
async function built(major: TestMajor): Promise<World> {
  const w = await world(major, files, SETUP);
  await w.run("--all");
  await w.run("quality", "--target", "dev");
  await w.run("--only", "rules", "--target", "dev");
  return w;
}

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("ctf env drop removes the environment and nothing else", async () => {
    const w = await built(major);
    const before = await w.digest("claims", "quality", "raw");
    const listed = await w.ctf("env", "ls");
    expect(listed.stdout).toMatch(/dev +dev_ +2 /);

    const { stdout, stderr, code } = await w.ctf("env", "drop", "dev");
    expect(stdout).toContain("schema dev_claims: 2 functions, 1 view, 0 B\nschema dev_quality: 2 tables,");
    expect(stderr).toContain("CTF416 there is no terminal to ask on");
    expect(code).toBe(2);

    const dropped = await w.ctf("env", "drop", "dev", "--yes");
    expect(dropped.stderr).toBe("Dropped dev: 5 objects, 2 schemas.\n");
    expect(dropped.code).toBe(0);
    expect(await w.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^dev_'")).toEqual([]);
    expect(await w.rows("SELECT name FROM ctf.output WHERE name ~ '^dev_'")).toEqual([]);
    expect(await w.rows("SELECT id FROM ctf.run WHERE prefix <> ''")).toEqual([]);
    expect(existsSync(join(w.root, ".ctf/environments/dev"))).toBe(false);
    expect(await w.digest("claims", "quality", "raw")).toEqual(before);
    expect((await w.ctf("env", "ls")).stderr).toContain("No environment");
    await w.run("quality", "--target", "dev");
  });

  test("what no target leads to any more is listed, with the way to drop it", async () => {
    const w = await built(major);
    const project = w.read("ctf.yaml");
    w.write({ "ctf.yaml": project.replace("prefix: dev_", "prefix: other_") });
    const { stdout, stderr } = await w.ctf("env", "ls");
    expect(stdout).toMatch(/dev +dev_ +2 /);
    expect(stderr).toContain(
      "No target of ctf.yaml has the prefix dev_ any more. To drop what stands there: ctf env drop dev_\n",
    );
    w.write({ "ctf.yaml": project });
    expect((await w.ctf("env", "ls")).stderr).toBe("");
  });

  test("an environment whose target is gone from ctf.yaml is dropped by its prefix, or the name that the target had", async () => {
    const w = await built(major);
    const before = await w.digest("claims", "quality", "raw");
    w.write({
      "ctf.yaml": w
        .read("ctf.yaml")
        .replace("  dev: {url_env: WAREHOUSE_URL, prefix: dev_, defer: prod}\n", "")
        .replace("defer: dev", "defer: prod"),
    });
    expect((await w.ctf("env", "drop", "dve", "--yes")).stderr).toMatch(
      /CTF414 there is no target dve, and in the database of prod no environment .*\n  → Name one by its prefix: dev_\./,
    );
    expect((await w.ctf("env", "drop", "dev")).stdout).toContain("schema dev_claims: 2 functions, 1 view, 0 B\n");
    expect((await w.ctf("env", "drop", "dev_", "--yes")).stderr).toBe("Dropped dev_: 5 objects, 2 schemas.\n");
    expect(existsSync(join(w.root, ".ctf/environments/dev"))).toBe(false);
    expect(await w.digest("claims", "quality", "raw")).toEqual(before);
  });

  test("what CTF did not make, and what depends on it elsewhere, is named first", async () => {
    const w = await built(major);
    await w.client.query(`CREATE TABLE dev_quality.notes (x int); CREATE SCHEMA mine;
      CREATE VIEW mine.scores AS SELECT * FROM dev_quality.scored`);
    const { stderr, code } = await w.ctf("env", "drop", "dev", "--yes");
    expect(stderr).toContain(
      "CTF422 CTF can't prove that all of dev is its own: table dev_quality.notes; rule _RETURN on view mine.scores depends on it",
    );
    expect(code).toBe(1);
    expect((await w.ctf("env", "drop", "dev", "--yes", "--cascade")).code).toBe(0);
    expect(await w.rows("SELECT FROM pg_class WHERE relname IN ('notes', 'scores')")).toEqual([]);
  });

  test("prune and drop keep to their own", async () => {
    const w = await built(major);
    const prune = async (...flags: readonly string[]) => {
      const { stdout } = await w.ctf("prune", "--json", ...flags);
      return (JSON.parse(stdout) as { abandoned: { name: string }[] }).abandoned.map(({ name }) => name);
    };
    expect(await prune()).toEqual([]);
    expect(await prune("--target", "dev")).toEqual([]);
    w.write({
      "pipelines/quality/listed.yaml": w
        .read("pipelines/quality/listed.yaml")
        .replace("transform: scored", "transform: totals"),
    });
    w.write({ "pipelines/quality/listed.py": w.read("pipelines/quality/listed.py").replaceAll("scored", "totals") });
    const { rmSync } = await import("node:fs");
    for (const file of ["scored.yaml", "scored.py"]) rmSync(join(w.root, "pipelines/quality", file));
    expect(await prune()).toEqual(["quality.scored"]);
    expect(await prune("--target", "dev", "--yes")).toEqual(["dev_quality.scored"]);
    expect(await w.rows("SELECT FROM quality.scored")).toHaveLength(2);
  });

  test("show, history, ls, graph and the plan say what is where", async () => {
    const w = await built(major);
    const shown = await w.ctf("show", "paid", "--target", "dev");
    expect(shown.stdout).toContain("on this target: raw.claims, dev_claims.large");
    expect(shown.stdout).toContain("Output: table dev_claims.paid");
    expect(shown.stdout).toContain("SELECT claim_id, member_id, dev_claims.doubled(paid) AS paid FROM raw.claims");
    expect(shown.stdout).toContain("last run    never");
    expect((await w.ctf("show", "totals", "--target", "dev")).stdout).toContain(
      "on this target: claims.paid, claims.rates, claims.rates_rejects, claims.given",
    );

    const plan = JSON.parse((await w.ctf("run", "--only", "scored", "--target", "dev", "--dry-run", "--json")).stdout);
    expect(plan.transforms[0].action.rows.call.inputs).toMatchObject([
      { parameter: "totals", table: { schema: "dev_quality", name: "totals" } },
    ]);

    const history = async (...flags: readonly string[]) =>
      (
        JSON.parse((await w.ctf("history", "totals", "--json", ...flags)).stdout) as {
          transformRuns: { target: string }[];
        }
      ).transformRuns.map(({ target }) => target);
    expect(await history()).toEqual(["dev", "prod"]);
    expect(await history("--target", "prod")).toEqual(["prod"]);

    const ls = JSON.parse((await w.ctf("ls", "--json", "--target", "prod")).stdout) as {
      transforms: { name: string; lastRun: { target: string } }[];
    };
    expect(ls.transforms.map(({ lastRun }) => lastRun.target)).toEqual(ls.transforms.map(() => "prod"));

    const graph = JSON.parse((await w.ctf("graph", "--json", "--target", "dev")).stdout) as {
      transforms: { transform: string; isHere: boolean }[];
    };
    expect(
      graph.transforms
        .filter(({ isHere }) => isHere)
        .map(({ transform }) => transform)
        .sort(),
    ).toEqual(["claims.rules", "quality.listed", "quality.scored", "quality.totals"]);
    expect((await w.ctf("graph", "--target", "dev")).stdout).toContain("totals •");
  });
});

test("a target without a prefix is no environment", async () => {
  const w = await world(18, files, SETUP);
  const { stderr, code } = await w.ctf("env", "drop", "prod", "--yes");
  expect(stderr).toContain("CTF420 target prod has no prefix, so it is no environment");
  expect(code).toBe(2);
});
