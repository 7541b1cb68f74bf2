/** The packed package, installed in an empty folder as a user would, gives a ctf that works from init to a built table. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { compiled } from "../support/compiled.ts";
import { MARK } from "../support/processes.ts";

const repository = join(import.meta.dirname, "../..");
const tsc = join(repository, "node_modules/.bin/tsc");
let folder: string;
let project: string;

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, [MARK]: inject("testFolder"), NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
const ctf = (...args: readonly string[]) =>
  run(join(folder, "install/node_modules/.bin/ctf"), args, existsSync(project) ? project : folder);

beforeAll(async () => {
  folder = mkdtempSync(join(inject("testFolder"), "package-"));
  project = join(folder, "my_warehouse");
  const staged = join(folder, "staged");
  cpSync(await compiled(), join(staged, "dist"), { recursive: true });
  run(tsc, ["-p", "tsconfig.types.json", "--outDir", join(staged, "dist")], repository);
  for (const name of ["package.json", "README.md", "LICENSE", "schemas"]) {
    cpSync(join(repository, name), join(staged, name), { recursive: true });
  }
  run("npm", ["pack", "--loglevel=error"], staged);
  const [tarball] = readdirSync(staged).filter((name) => name.endsWith(".tgz"));
  cpSync(join(staged, tarball!), join(folder, "install", tarball!), { recursive: true });
  // Without --prefix npm would look for a package.json or node_modules in the folders above as well.
  const here = ["--prefix", join(folder, "install"), "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", ...here, `./${tarball}`], join(folder, "install"));
}, 300_000);

afterAll(() => {
  if (existsSync(project)) ctf("db", "stop");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test("tells its version", () => {
  expect(ctf("--version").trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test("makes a project that checks and runs as it is, with schemas for the editor", () => {
  ctf("init", "my_warehouse");
  ctf("check");
  ctf("run", "--all");
  const { transforms } = JSON.parse(ctf("ls", "--json")) as { transforms: { lastRun: { status: string } | null }[] };
  expect(transforms.length).toBeGreaterThan(1);
  expect(transforms.every((transform) => transform.lastRun?.status === "succeeded")).toBe(true);
  expect(readdirSync(join(project, ".ctf/schemas"))).toContain("transform.schema.json");
}, 120_000);

test("its library is imported by name, with types", () => {
  const install = join(folder, "install");
  const program = `
    import { mapNested } from "clover-ctf/nested";
    import { cte, patch, type PieceColumn, PieceProblem, sql, table } from "clover-ctf/testing";
    const columns: readonly PieceColumn[] = [{ name: "id", type: "int" }];
    const query = sql("WITH a AS (SELECT id FROM s.t) SELECT FROM a", cte("a"), patch(table("s.t"), [[1]], columns));
    const text: string = query.render();
    const run = (client: { query(text: string): Promise<{ rows: { id: number }[] }> }) => query.run(client);
    const numbers = mapNested({ a: { b: 1 } } as object, (node, path) => (typeof node === "number" ? [path.join(".")] : []), Object.entries);
    try {
      sql(text, cte("b")).render();
    } catch (error) {
      console.log([...numbers].join(), run.length, text, error instanceof PieceProblem ? error.kind : "?");
    }`;
  writeFileSync(join(install, "program.mts"), program);
  const options = ["--strict", "--target", "es2023", "--module", "nodenext", "--types", "", "--lib", "es2023,dom"];
  run(tsc, ["--ignoreConfig", ...options, "--outDir", "made", "program.mts"], install);
  expect(run("node", ["made/program.mjs"], install).trim()).toBe(
    "a.b 1 WITH a AS (SELECT id FROM (SELECT * FROM (VALUES ('1'::int)) AS rows (id)) AS t) SELECT * FROM a no_match",
  );
});
