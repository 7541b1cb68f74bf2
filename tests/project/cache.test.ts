/** The cache makes loading faster and can never change an answer. */
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkFolder, folderOf, lines, write } from "../support/files.ts";

const FILES = {
  "ctf.yaml": "ctf: 1\nproject: example\n",
  "sources/raw.yaml": "sources:\n  - {name: days, table: raw.days}\n",
  "pipelines/claims/pipeline.yaml": "description: What was paid.\nowners: [a]\n",
  "pipelines/claims/paid.yaml": "kind: no_op\ninputs:\n  - source: days\noutput: {table: claims.paid}\n",
  "pipelines/claims/wrong.yaml": "kind: no_op\nretries: many\noutput: {table: claims.wrong}\n",
};
const CACHE = ".ctf/cache/definitions";

async function answers(root: string) {
  const { project, diagnostics } = await checkFolder(root, undefined, { cache: true });
  return { project, diagnostics };
}
const fresh = async (root: string) => {
  const { project, diagnostics } = await checkFolder(root, undefined, { cache: false });
  return { project, diagnostics };
};

test("the second time gives what the first gave, problems included", async () => {
  const root = folderOf(FILES);
  const first = await answers(root);
  expect(lines(first.diagnostics)).toHaveLength(1);
  expect(readdirSync(join(root, CACHE)).sort()).toEqual(["pipeline.claims.json", "project.json"]);
  expect(await answers(root)).toEqual(first);
  expect(await fresh(root)).toEqual(first);
});

test("content counts, not time: a change with the old time and size is seen", async () => {
  const root = folderOf(FILES);
  await answers(root);
  const path = join(root, "pipelines/claims/paid.yaml");
  const time = new Date(2018, 3, 17);
  utimesSync(path, time, time);
  await answers(root);
  writeFileSync(path, FILES["pipelines/claims/paid.yaml"].replace("claims.paid", "claims.pain"));
  utimesSync(path, time, time);
  const { project } = await answers(root);
  expect(project.transforms[0]?.outputs).toMatchObject([{ name: "pain" }]);
});

test("a file that is gone, and one that moved to another pipeline", async () => {
  const root = folderOf(FILES);
  await answers(root);
  rmSync(join(root, "pipelines/claims/paid.yaml"));
  write(root, {
    "pipelines/members/pipeline.yaml": "owners: [b]\n",
    "pipelines/members/paid.yaml": FILES["pipelines/claims/paid.yaml"],
  });
  const again = await answers(root);
  expect(again.project.transforms.map((t) => t.id)).toEqual(["members.paid"]);
  expect(again).toEqual(await fresh(root));
});

describe("a damaged cache", () => {
  const damages: readonly [string, (text: string) => string][] = [
    ["cut off", (text) => text.slice(0, -10)],
    ["empty", () => ""],
    ["another value", (text) => text.replace("claims", "clains")],
    ["another version", (text) => `x${text}`],
    ["not JSON", () => "\0\0\0"],
  ];
  test.each(damages)("%s", async (_, damage) => {
    const root = folderOf(FILES);
    const first = await answers(root);
    const path = join(root, CACHE, "pipeline.claims.json");
    writeFileSync(path, damage(readFileSync(path, "utf8")));
    expect(await answers(root)).toEqual(first);
    expect(await answers(root)).toEqual(first);
  });

  test("deleted, or in the way", async () => {
    const root = folderOf(FILES);
    const first = await answers(root);
    rmSync(join(root, ".ctf"), { recursive: true });
    writeFileSync(join(root, ".ctf"), "a file where a folder should be");
    expect(await answers(root)).toEqual(first);
  });
});

test("without the cache nothing is written", async () => {
  const root = folderOf(FILES);
  await fresh(root);
  expect(existsSync(join(root, ".ctf"))).toBe(false);
});
