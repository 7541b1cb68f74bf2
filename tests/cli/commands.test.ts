import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { EventEmitter } from "node:events";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { ctf } from "../../src/cli/main.ts";
import { writeLastRuns } from "../../src/run/last_runs.ts";
import { BatchError } from "../../src/warehouse/session/batch.ts";
import { runCtf } from "../support/cli.ts";
import { compiled } from "../support/compiled.ts";
import { scratchProject } from "../support/project.ts";
import { files } from "./project.ts";

const small = (more: Readonly<Record<string, string>> = {}) => scratchProject({ ...files, ...more }).root;

const broken = {
  "pipelines/members/clean.yaml":
    "kind: create_table_as\nownres: [me]\noutput:\n  table: members.clean\n  columns: [{name: id, type: bigint}]\n",
};

describe("exit codes and usage", () => {
  const cwd = "/";
  test.each<[string, readonly string[], number, RegExp]>([
    ["--version", ["--version"], 0, /^\d+\.\d+\.\d+\n$/],
    ["--help", ["--help"], 0, /Commands:\n {2}init .*\n {2}start .*\n {2}ls /],
    ["nothing", [], 0, /Commands:/],
    ["the help of a command", ["run", "--help"], 0, /-s, --start <transform>/],
    ["help COMMAND", ["help", "ls"], 0, /Usage: ctf ls \[options\] \[pipeline\]/],
    ["an unknown command", ["rnu"], 2, /there is no command rnu\. Did you mean "ctf run"\?/],
    ["a command like no other", ["zzzzzzz"], 2, /"ctf --help" lists/],
    ["an unknown option", ["ls", "--jsn"], 2, /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    ["an unknown option before any command", ["--versoin"], 2, /Did you mean --version\?/],
    ["too many arguments", ["ls", "a", "b"], 2, /too many arguments/],
    ["a choice that is none", ["check", "--format", "xml"], 2, /Allowed choices are text, json, github/],
    ["a number that is none", ["run", "--concurrency", "0"], 2, /whole number of at least 1/],
    ["values of tables into a file", ["run", "--show-data"], 2, /works on a terminal only/],
    ["no project here", ["ls"], 1, /CTF008 no ctf\.yaml in \/ or above it/],
  ])("%s", async (_, args, code, expected) => {
    const result = await runCtf(args, { cwd });
    expect(result.stdout + result.stderr).toMatch(expected);
    expect(result.code).toBe(code);
    // Data and what was asked for goes to stdout, complaints to stderr.
    expect(code === 0 ? result.stderr : result.stdout).toBe("");
  });

  test("help hides what is not for people", async () => {
    expect((await runCtf(["--help"], { cwd })).stdout).not.toContain("__complete");
  });

  /** What is said when the command ends in this error. */
  const failing = async (error: Error, env: Record<string, string> = {}, code = 1) => {
    let said = "";
    const stdout = new Writable();
    stdout.write = () => {
      throw error;
    };
    const stderr = new Writable({ write: (text, _, done) => ((said += String(text)), done()) });
    const io = { cwd, env, stdin: Readable.from([]), stdout, stderr, signals: new EventEmitter() };
    expect(await ctf(["completion", "bash"], io)).toBe(code);
    return said;
  };

  test("a fault of CTF is one line and how to report it; CTF_DEBUG shows where", async () => {
    const error = new TypeError("no such thing\nand more");
    expect(await failing(error)).toBe(
      "error: no such thing\nThis looks like a fault of CTF. Please report it with the output of the same command under CTF_DEBUG=1.\n",
    );
    expect(await failing(error, { CTF_DEBUG: "1" })).toMatch(
      /^error: no such thing\nTypeError: no such thing\nand more\n +at /,
    );
  });

  test("a server that goes is no fault of CTF; what it refused is told without its words", async () => {
    const lost = new BatchError(0, { text: "SELECT 1" }, new Error("Connection terminated unexpectedly"));
    expect(await failing(lost)).toMatch(/^CTF\d+ the connection to the warehouse was lost\n.*ctf db status/);
    const refused = Object.assign(new pg.DatabaseError("value of Mrs. Doe", 0, "error"), { code: "25006" });
    const said = await failing(new BatchError(0, { text: "SELECT 1" }, refused));
    expect(said).toMatch(/^error: the warehouse: .*SQLSTATE 25006\)\nThis looks like a fault of CTF/);
    expect(said).not.toContain("Doe");
  });

  test("work that Ctrl-C broke off is interrupted, not failed", async () => {
    expect(await failing(AbortSignal.abort().reason as Error, {}, 130)).toBe("Interrupted.\n");
  });

  test("a folder that was removed is one line, not a stack trace", async () => {
    const script = 'mkdir gone && cd gone && rmdir ../gone && "$0" "$1" ls';
    const main = join(await compiled(), "cli/main.js");
    const shell = spawnSync("sh", ["-c", script, process.execPath, main], { cwd: small(), encoding: "utf8" });
    expect(shell).toMatchObject({ status: 1, stderr: expect.stringMatching(/^error: the folder .*\n$/) });
  });

  test.runIf(existsSync("/dev/full"))("a full disk for what is printed is one line, not a stack trace", async () => {
    const shell = spawnSync(
      "sh",
      ["-c", '"$0" "$1" ls > /dev/full', process.execPath, join(await compiled(), "cli/main.js")],
      {
        cwd: small(),
        encoding: "utf8",
      },
    );
    expect(shell).toMatchObject({ status: 1, stderr: expect.stringMatching(/^error: .*no space left.*\n$/) });
  });
});

describe("check", () => {
  test("says in one line that all is well", async () => {
    const result = await runCtf(["check"], { cwd: small() });
    expect(result).toEqual({ code: 0, stdout: "All is well: 5 transforms in 2 pipelines.\n", stderr: "" });
  });

  test("shows problems with their lines, and counts them", async () => {
    const { code, stdout } = await runCtf(["check"], { cwd: small(broken) });
    expect(code).toBe(1);
    expect(stdout).toMatch(/pipelines\/members\/clean\.yaml:2:1 .*CTF101/);
    expect(stdout).toMatch(/2 \| ownres: \[me\]/);
    expect(stdout).toMatch(/\n1 error\.\n$/);
  });

  test("for machines", async () => {
    const cwd = small(broken);
    const json = await runCtf(["check", "--format", "json"], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({
      errors: 1,
      diagnostics: [{ code: "CTF101", transform: "members.clean" }],
    });
    mkdirSync(join(cwd, "..", ".git"), { recursive: true });
    const github = await runCtf(["check", "--format", "github"], { cwd });
    expect(github.stdout).toMatch(/^::error file=project-\w+\/pipelines\/members\/clean\.yaml,line=2/);
    expect([json.code, github.code]).toEqual([1, 1]);
    rmSync(join(cwd, "..", ".git"), { recursive: true });
  });
});

describe("ls", () => {
  test("lists by pipeline, in order", async () => {
    const { stdout, code } = await runCtf(["ls"], { cwd: small() });
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "TRANSFORM  KIND             OUTPUT             INPUTS                 OWNERS            LAST RUN
      members  Who they are.
        raw      create_table_as  members.raw        calendar               data@example.org  never
        clean    create_table_as  members.clean      raw                    data@example.org  never
      enrollment  Who is covered, and when.
        spans    create_table_as  enrollment.spans   members.clean          data@example.org  never
        gaps     create_table_as  enrollment.gaps    spans                  data@example.org  never
        months   create_table_as  enrollment.months  spans, gaps, calendar  data@example.org  never
      "
    `);
  });

  test("one pipeline, with its last runs", async () => {
    const cwd = small();
    const at = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const run = { at, target: "local", run: "r1", seconds: 1 };
    writeLastRuns(cwd, {
      "members.raw": { ...run, status: "succeeded", rows: 12_345 },
      "members.clean": { ...run, status: "failed" },
    });
    const { stdout } = await runCtf(["ls", "members"], { cwd });
    expect(stdout).toMatch(/raw .*✓ 3 h ago, 12,345 rows\n.*clean .*✗ failed 3 h ago\n$/);
    expect(stdout).not.toContain("enrollment");
  });

  test("what it can read of a project with errors", async () => {
    const { stdout, stderr, code } = await runCtf(["ls", "members"], { cwd: small(broken) });
    expect(stdout).toContain("raw");
    expect(stderr).toBe('1 error in the project; "ctf check" shows it.\n');
    expect(code).toBe(0);
  });

  test("an unknown pipeline, and a project without transforms", async () => {
    const unknown = await runCtf(["ls", "member"], { cwd: small() });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Did you mean members?");
    const empty = await runCtf(["ls"], { cwd: scratchProject({}).root });
    expect(empty).toMatchObject({ code: 0, stdout: "" });
    expect(empty.stderr).toContain("No transforms yet.");
  });
});

describe("show", () => {
  test("everything about one transform", async () => {
    const { stdout, code } = await runCtf(["show", "months"], { cwd: small() });
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "enrollment.months  create_table_as
      About months.

        definition  pipelines/enrollment/months.yaml
        code        pipelines/enrollment/months.sql
        owners      data@example.org
        last run    never
        retries     2
        monitor     row_count: min 1

      Reads
        enrollment.spans
        enrollment.gaps
        calendar (source: reference.calendar)

      Read by
        no other transform

      Output: table enrollment.months
        COLUMN  TYPE              DESCRIPTION
        id      bigint  not null  Its id
        note    text    PHI       What was said
        primary key (id)

      Code
        SELECT s.id, s.note
        FROM enrollment.spans s
        JOIN enrollment.gaps g USING (id)
        JOIN reference.calendar c ON true
        WHERE current_setting('ctf.run_date')::date >= c.month
      "
    `);
  });

  test("why a definition can't be shown", async () => {
    const result = await runCtf(["show", "members.clean"], { cwd: small(broken) });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/clean\.yaml:2:1 .*CTF101/);
    const unknown = await runCtf(["show", "month"], { cwd: small() });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Did you mean months?");
  });
});

describe("graph", () => {
  test("draws pipelines, then each of them", async () => {
    expect((await runCtf(["graph"], { cwd: small() })).stdout).toMatchInlineSnapshot(`
      "pipelines
        members  2 transforms
        └─ enrollment  3 transforms

      members
        raw  ← [calendar]
        └─ clean  → enrollment.spans

      enrollment
        spans  ← members.clean
        └─ gaps
           └─ months  ← spans, [calendar]

      ← reads also   → is read by   [source]   pipeline.transform: in another pipeline
      "
    `);
  });

  test("as a Mermaid flowchart", async () => {
    expect((await runCtf(["graph", "members", "--format", "mermaid"], { cwd: small() })).stdout).toMatchInlineSnapshot(`
      "flowchart LR
        subgraph p0["members"]
          n0["raw"]
          n1["clean"]
        end
        n2[("calendar")]
        n3(["enrollment.spans"])
        n2 --> n0
        n0 --> n1
        n1 --> n3
      "
    `);
  });
});

describe("vars", () => {
  test("names, types and values", async () => {
    expect((await runCtf(["vars"], { cwd: small() })).stdout).toMatchInlineSnapshot(`
      "NAME      TYPE     VALUE         DESCRIPTION
      run_date  date     2018-04-17    The day of the run
      who       text     O'Brien \\ Co
      share     numeric  (no value)
      "
    `);
  });

  test("SET lines, quoted", async () => {
    const { stdout } = await runCtf(["vars", "--sql", "--var", "run_date=2020-02-29"], { cwd: small() });
    expect(stdout).toMatchInlineSnapshot(`
      "SET ctf.run_date = '2020-02-29';
      SET ctf.who = E'O''Brien \\\\ Co';
      -- ctf.share has no default: give --var share=0.25
      "
    `);
  });

  test.each([
    ["an unknown one", "run_dat=2020-01-01", /CTF411 the project has no variable run_dat\n.*Did you mean run_date\?/],
    [
      "a wrong value",
      "run_date=2019-02-29",
      /CTF412 run_date is declared as date, which "2019-02-29" is not\n.*--var run_date=2018-04-17/,
    ],
    ["no value", "share", /CTF412 --var share has no value\n.*--var share=0\.25/],
  ])("%s", async (_, assignment, expected) => {
    const result = await runCtf(["vars", "--var", assignment], { cwd: small() });
    expect(result.stderr).toMatch(expected);
    expect(result.code).toBe(2);
  });
});

describe("run, as far as it gets without a server", () => {
  const plan = (args: readonly string[], cwd = small()) => runCtf(["run", "--dry-run", ...args], { cwd });

  test("--dry-run shows the plan", async () => {
    const { stdout, code } = await plan(["enrollment", "-s", "spans.sql", "-e", "months.sql"]);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "enrollment from spans to months: 3 transforms on local
      with run_date = 2018-04-17, who = O'Brien \\ Co

      #  TRANSFORM          WHAT              OUTPUT             WAITS ON
      1  enrollment.spans   build, then swap  enrollment.spans
      2  enrollment.gaps    build, then swap  enrollment.gaps    enrollment.spans
      3  enrollment.months  build, then swap  enrollment.months  enrollment.spans, enrollment.gaps

      Nothing was run. The same command without --dry-run carries this out.
      "
    `);
  });

  test("the pipeline one stands in", async () => {
    const root = small();
    expect((await plan([], join(root, "pipelines/members"))).stdout).toMatch(/^members: 2 transforms on local/);
    const nowhere = await plan([], root);
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toMatch(/CTF407 nothing says what to run\n.*"ctf run enrollment"/);
  });

  test("an unknown target", async () => {
    const result = await plan(["members", "--target", "prd"]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/CTF414 there is no target prd\n.*Did you mean prod\?/);
  });

  test("a variable without a value matters where it is read", async () => {
    const reads = {
      "pipelines/members/clean.sql": "SELECT id, current_setting('ctf.share') AS note FROM members.raw\n",
    };
    const root = small(reads);
    const missing = await plan(["members"], root);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/CTF413 members\.clean reads the variable share, .*\n.*--var share=0\.25/);
    expect((await plan(["members", "--var", "share=1.5"], root)).code).toBe(0);
    expect((await plan(["enrollment"], root)).code).toBe(0);
  });

  test("errors of what is selected, and of what that depends on, stop it; others are mentioned", async () => {
    const root = small(broken);
    for (const selection of [
      ["members"],
      ["enrollment"],
      ["--all"],
      ["--only", "spans"],
      ["--only", "members.clean"],
    ]) {
      const stopped = await plan(selection, root);
      expect([selection, stopped.code]).toEqual([selection, 1]);
      expect(stopped.stderr).toMatch(/clean\.yaml:2:1 .*CTF101/);
      expect(stopped.stdout).toBe("");
    }
    const beside = await plan(["--only", "raw"], root);
    expect(beside.code).toBe(0);
    expect(beside.stderr).toBe('1 error elsewhere in the project; "ctf check" shows it.\n');
  });
});
