/** The shapes of docs/json.md. A key that is added belongs there; one that is renamed or gone breaks somebody. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LoggedEvent, RunEvent } from "../../src/run/events.ts";
import { writeLastRuns } from "../../src/run/last_runs.ts";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";
import { files } from "./project.ts";

const document = readFileSync(new URL("../../docs/json.md", import.meta.url), "utf8");

async function json(args: readonly string[], cwd = scratchProject(files).root): Promise<unknown> {
  const { stdout, stderr, code } = await runCtf([...args], { cwd });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return JSON.parse(stdout) as unknown;
}

describe("shapes", () => {
  test("ctf ls --json", async () => {
    const { root } = scratchProject(files);
    const last = {
      status: "succeeded",
      at: "2026-03-01T06:00:00.000Z",
      target: "local",
      run: "r1",
      seconds: 0.4,
      rows: 7,
    };
    writeLastRuns(root, { "members.clean": { ...last, status: "succeeded" } });
    const { transforms } = (await json(["ls", "--json"], root)) as { transforms: unknown[] };
    expect(transforms).toHaveLength(5);
    expect(transforms[1]).toEqual({
      transform: "members.clean",
      pipeline: "members",
      name: "clean",
      kind: "create_table_as",
      description: "About clean.",
      file: "pipelines/members/clean.yaml",
      owners: ["data@example.org"],
      inputs: [{ transform: "members.raw" }],
      outputs: [{ type: "table", name: "members.clean" }],
      lastRun: last,
    });
    expect(transforms[0]).toMatchObject({ inputs: [{ source: "calendar" }], lastRun: null });
  });

  test("ctf show --json", async () => {
    expect(await json(["show", "members.raw", "--json"])).toEqual({
      transform: "members.raw",
      pipeline: "members",
      name: "raw",
      kind: "create_table_as",
      description: "About raw.",
      file: "pipelines/members/raw.yaml",
      owners: ["data@example.org"],
      inputs: [{ source: "calendar" }],
      outputs: [
        {
          type: "table",
          name: "members.raw",
          columns: [
            { name: "id", type: "bigint", description: "Its id", phi: false, notNull: true },
            { name: "note", type: "text", description: "What was said", phi: true, notNull: false },
          ],
          primaryKey: { columns: ["id"] },
          unique: [],
          indexes: [],
          constraints: [],
          foreignKeys: [],
          statistics: [],
          grants: [],
        },
      ],
      lastRun: null,
      readers: ["members.clean"],
      monitors: [],
      settings: {},
      retries: expect.any(Number) as number,
      timeoutMs: null,
      publishWaitMs: expect.any(Number) as number,
      snapshotWaitMs: expect.any(Number) as number,
      keepPrevious: expect.any(Boolean) as boolean,
      codeFile: "pipelines/members/raw.sql",
      code: files["pipelines/members/raw.sql"],
    });
  });

  test("ctf graph --json", async () => {
    const graph = await json(["graph", "members", "--json"]);
    expect(graph).toEqual({
      transforms: [
        { transform: "members.raw", pipeline: "members", kind: "create_table_as" },
        { transform: "members.clean", pipeline: "members", kind: "create_table_as" },
      ],
      edges: [
        { from: { source: "calendar" }, to: "members.raw" },
        { from: { transform: "members.raw" }, to: "members.clean" },
      ],
    });
    expect(await json(["graph", "members", "--format", "json"])).toEqual(graph);
  });

  test("ctf lineage --json", async () => {
    expect(await json(["lineage", "members.raw.note", "--up", "--json"])).toEqual({
      column: "members.raw.note",
      columns: [
        {
          column: "members.raw.note",
          table: "members.raw",
          name: "note",
          transform: "members.raw",
          source: null,
          type: "text",
          phi: true,
          span: { file: "pipelines/members/raw.sql", start: { line: 1, column: 25 } },
        },
        {
          column: "reference.calendar.month",
          table: "reference.calendar",
          name: "month",
          transform: null,
          source: "calendar",
          type: "date",
          phi: false,
          span: null,
        },
      ],
      edges: [{ from: "reference.calendar.month", to: "members.raw.note", how: "value", transform: "members.raw" }],
    });
  });

  test("ctf phi --json", async () => {
    const { columns, declassified } = (await json(["phi", "--json"])) as {
      columns: unknown[];
      declassified: unknown[];
    };
    expect(columns).toHaveLength(5);
    expect(columns[0]).toEqual({
      column: "enrollment.gaps.note",
      table: "enrollment.gaps",
      name: "note",
      transform: "enrollment.gaps",
      source: null,
      owners: ["data@example.org"],
      how: "declared",
      from: null,
      readers: [],
    });
    expect(declassified).toEqual([]);
  });

  test("ctf vars --json", async () => {
    const { variables } = (await json(["vars", "--json", "--var", "run_date=2020-01-31"])) as { variables: unknown[] };
    expect(variables).toEqual([
      { name: "run_date", type: "date", value: "2020-01-31", default: "2018-04-17", description: "The day of the run" },
      { name: "who", type: "text", value: "O'Brien \\ Co", default: "O'Brien \\ Co", description: null },
      { name: "share", type: "numeric", value: null, default: null, description: null },
    ]);
  });

  test("ctf python status --json", async () => {
    const { python, packages, lock } = (await json(["python", "status", "--json"])) as Record<string, object>;
    expect(python).toEqual({
      version: expect.stringMatching(/^3\./),
      path: expect.stringMatching(/^\//),
      from: "PATH",
    });
    expect(Object.keys(packages!)).toEqual(["pyarrow", "pandas", "time-machine"]);
    expect(lock).toBeNull();
  });

  test.each(["--json", "--format=json"])("ctf check %s", async (flag) => {
    expect(await json(["check", flag])).toEqual({ version: 1, errors: 0, diagnostics: [] });
  });

  test("ctf run --dry-run --json", async () => {
    const plan = (await json(["run", "members", "--dry-run", "--json"])) as { transforms: object[] };
    expect(plan).toMatchObject({
      version: 1,
      project: "small",
      target: "local",
      variables: { run_date: "2018-04-17", who: "O'Brien \\ Co" },
      selection: "members",
    });
    expect(Object.keys(plan)).toHaveLength(6);
    const keys =
      "id pipeline name kind file owners after rebuiltLater reads referencedBy action monitors settings retries publishWaitMs snapshotWaitMs keepPrevious codeVersion";
    expect(Object.keys(plan.transforms[1]!).sort()).toEqual(keys.split(" ").sort());
    expect(plan.transforms[1]).toMatchObject({
      id: "members.clean",
      after: ["members.raw"],
      action: { type: "build_table" },
    });
  });
});

describe("the page", () => {
  test("has every event of a run, and its keys", () => {
    // A new event does not compile here until it is added, and fails until the page has it.
    const keys: { readonly [Type in RunEvent["type"]]: readonly (keyof Extract<LoggedEvent, { type: Type }>)[] } = {
      run_started: ["run", "target", "transforms", "resumed"],
      transform_started: ["id", "attempt"],
      phase_started: ["id", "phase"],
      progress: ["id", "phase", "done", "total", "unit"],
      plan_explained: ["id", "cost", "rows", "text"],
      waiting: ["id", "what"],
      warning: ["id", "diagnostic"],
      retrying: ["id", "attempt", "diagnostic", "seconds"],
      printed: ["id", "stream", "where", "characters"],
      logged: ["id", "level", "where", "template", "characters"],
      transform_finished: ["result"],
      interrupting: ["hard"],
      run_finished: ["result"],
    };
    for (const [type, names] of Object.entries(keys)) {
      const row = document.split("\n").find((line) => line.startsWith(`| \`${type}\` |`));
      expect(row, type).toBeDefined();
      for (const name of names) expect(row).toContain(`\`${name}\``);
    }
  });

  test("has a section for each command with --json", () => {
    for (const command of ["ls", "show", "graph", "vars", "check", "run", "history", "prune", "db", "source", "python"])
      expect(document).toMatch(new RegExp(`^## .ctf ${command} `, "m"));
  });
});
