/** `ctf check` compiles by itself, on the project's own scratch server, and leaves nothing there. */
import { cpSync } from "node:fs";
import { expect, test } from "vitest";
import { ensureServer, serverStatus } from "../../src/warehouse/embedded/server.ts";
import { runCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { compile, projectOf, table } from "./projects.ts";

test("the demo compiles clean", async () => {
  const { root } = scratchProject({});
  cpSync("examples/demo", root, { recursive: true });
  expect((await compile(root)).said).toEqual([]);
});

test("problems beside those that are found without a server, in every format; --no-compile does without", async () => {
  const root = projectOf(18, {
    "a.yaml": table("p.a", { id: "bigint" }),
    "a.sql": "SELECT 1::int AS id",
    "b.yaml": table("p.b", { id: "bigint" }),
    "b.sql": "SELECT nosuch AS id",
  });
  const without = await runCtf(["check", "--no-compile"], { cwd: root });
  expect(without).toMatchObject({ code: 0, stderr: "" });
  expect(serverStatus({ root, role: "scratch", major: 18 }).state).toBe("absent");

  const { code, stdout, stderr } = await runCtf(["check", "--format", "json"], { cwd: root });
  expect(code).toBe(1);
  expect(stderr).toBe("");
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; span: { file: string } }[] };
  expect(diagnostics.map((one) => `${one.code} ${one.span.file}`).toSorted()).toEqual([
    "CTF510 pipelines/p/a.sql",
    "CTF515 pipelines/p/b.sql",
  ]);
  const github = await runCtf(["check", "--format", "github"], { cwd: root });
  expect(github.stdout).toContain("::error file=pipelines/p/b.sql,line=1,col=8,title=CTF515::");

  const client = await connect((await ensureServer({ root, role: "scratch", major: 18 })).url);
  const { rows } = await client.query(
    "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ctf%' UNION SELECT datname FROM pg_database WHERE datname LIKE 'ctf%'",
  );
  expect(rows).toEqual([]);
});

test("a file of sources that can't be read is told of, and the loads that name its sources wait for it", async () => {
  const root = projectOf(18, {
    "sources/files.yaml": "sources:\n  - name: a_files\n\tfile: a.csv\n",
    "a.yaml": table("p.a", { id: "bigint" }, { top: "kind: load", inputs: ["source: a_files"] }),
  });
  const { code, stdout } = await runCtf(["check", "--json"], { cwd: root });
  expect(code).toBe(1);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; span: { file: string } }[] };
  expect(diagnostics.map((one) => `${one.code} ${one.span.file}`)).toEqual(["CTF003 sources/files.yaml"]);
});

test("what a killed check left behind is gone after the next", async () => {
  const root = projectOf(18, { "a.yaml": table("p.a", { id: "bigint" }), "a.sql": "SELECT 1::bigint AS id" });
  const client = await connect((await ensureServer({ root, role: "scratch", major: 18 })).url);
  await client.query("CREATE ROLE ctf_compile_abandoned");
  await client.query("CREATE DATABASE ctf_compile_abandoned");
  expect(await runCtf(["check"], { cwd: root })).toMatchObject({ code: 0 });
  const { rows } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'ctf_compile_abandoned'");
  expect(rows).toEqual([]);
});

test("a machine without an embedded PostgreSQL gets a warning, and the rest of the check", async () => {
  const root = projectOf(18, { "a.yaml": table("p.a", { id: "bigint" }), "a.sql": "SELECT 1::int AS id" });
  const arch = Object.getOwnPropertyDescriptor(process, "arch")!;
  Object.defineProperty(process, "arch", { ...arch, value: "mips" });
  try {
    const { code, stdout } = await runCtf(["check"], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toContain("CTF345 the SQL was not compiled: There is no embedded PostgreSQL for");
  } finally {
    Object.defineProperty(process, "arch", arch);
  }
});
