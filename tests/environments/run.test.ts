import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { files, SETUP } from "./kinds.ts";
import { world } from "./world.ts";

describe.each(testMajors)("PostgreSQL %i", (major) => {
  test("every kind reads production's inputs and leaves production as it was", async () => {
    const w = await world(major, files, SETUP);
    await w.run("--all");
    const before = await w.digest("claims", "quality", "raw");
    const listed = w.read("out/listed.csv");

    // One transform changes; only it is run.
    w.write({
      "pipelines/quality/totals.sql": w.read("pipelines/quality/totals.sql").replace("sum(p.paid)", "max(p.paid)"),
    });
    await w.run("--only", "totals", "--target", "dev");
    expect(await w.rows("SELECT member_id, total::text FROM dev_quality.totals ORDER BY 1")).toEqual([
      { member_id: 7, total: "40" },
      { member_id: 8, total: "60" },
    ]);
    expect(await w.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^dev_' ORDER BY 1")).toEqual([
      { nspname: "dev_quality" },
    ]);
    // A foreign key to production's table would hold that up: what it says was only verified.
    expect(
      await w.rows("SELECT FROM pg_constraint WHERE conrelid = 'dev_quality.totals'::regclass AND contype = 'f'"),
    ).toEqual([]);

    // What follows reads what was built here; the rest is still production's.
    await w.run("quality", "-s", "scored", "--target", "dev");
    expect(await w.value("SELECT string_agg(score::text, ' ' ORDER BY member_id) FROM dev_quality.scored")).toBe("4 6");
    expect(w.read(".ctf/environments/dev/out/listed.csv")).toBe(listed);

    // Everything once more, now with nothing of production's.
    await w.run("--all", "--target", "dev");
    expect(await w.value("SELECT pg_get_viewdef('dev_claims.large'::regclass)")).toContain("dev_claims.doubled");
    expect(await w.value("SELECT obj_description('dev_claims.large'::regclass)")).toBe("claims.large");
    expect(
      await w.value(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'dev_claims.paid'::regclass AND contype = 'c'",
      ),
    ).toContain("dev_claims.doubled");
    expect(await w.digest("claims", "quality", "raw")).toEqual(before);
    expect(w.read("out/listed.csv")).toBe(listed);
  });

  test("without defer everything is read where it is written, and sources keep their names", async () => {
    const w = await world(major, files, SETUP);
    const { code, stderr } = await w.ctf("run", "--only", "totals", "--target", "alone");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "pipelines/quality/totals.yaml CTF351 quality.totals reads claims.paid, which claims.paid has not built on alone\n",
    );
    expect(await w.rows("SELECT FROM pg_namespace WHERE nspname ~ '^(alone_|ctf)'")).toEqual([]);
    expect((await w.ctf("show", "totals", "--target", "alone")).stdout).toContain("FROM alone_claims.paid");
    await w.run("--all", "--target", "alone");
    expect(await w.rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '_(claims|quality)' ORDER BY 1")).toEqual([
      { nspname: "alone_claims" },
      { nspname: "alone_quality" },
    ]);
    expect(
      await w.value(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'alone_quality.totals'::regclass AND contype = 'f'",
      ),
    ).toContain("alone_claims.rates");
    expect(existsSync(join(w.root, "out"))).toBe(false);
  });

  test("an environment may defer to another one", async () => {
    const w = await world(major, files, SETUP);
    await w.run("--all");
    await w.run("--only", "paid", "--target", "dev");
    await w.client.query("UPDATE dev_claims.paid SET paid = 1");
    await w.run("--only", "totals", "--target", "second");
    expect(await w.value("SELECT string_agg(total::text, ' ' ORDER BY member_id) FROM second_quality.totals")).toBe(
      "2 1",
    );
  });
});
