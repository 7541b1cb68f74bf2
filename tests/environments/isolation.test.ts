import { expect, test } from "vitest";
import { files, SETUP, TARGETS } from "./kinds.ts";
import { world } from "./world.ts";

test("an environment with isolation: role reads what it may, wherever that stands", async () => {
  const isolated = TARGETS.replace("prefix: dev_", "isolation: role, prefix: dev_");
  const rules = (files["pipelines/claims/rules.sql"] as string).replace("CREATE SCHEMA IF NOT EXISTS claims;\n", "");
  const w = await world(
    18,
    {
      ...files,
      "pipelines/claims/rules.sql": rules,
      "ctf.yaml": (files["ctf.yaml"] as string).replace(TARGETS, isolated),
    },
    SETUP,
  );
  await w.run("--all");
  await w.run("--only", "totals", "--target", "dev");
  await w.run("--all", "--target", "dev");
  expect(await w.value("SELECT count(*)::int FROM dev_quality.totals")).toBe(2);
});
