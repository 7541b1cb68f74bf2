import { PassThrough, Readable, Writable } from "node:stream";
import { EventEmitter } from "node:events";
import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cut } from "../../src/cli/prompt/input.ts";
import { runPsql } from "../../src/cli/prompt/psql.ts";
import { runPrompt } from "../../src/cli/prompt/prompt.ts";
import type { CliContext } from "../../src/cli/context.ts";
import { connect, freshDatabase } from "../support/database.ts";
import { scratchProject } from "../support/project.ts";
import { until } from "../support/warehouse.ts";

describe("input is cut into statements", () => {
  const statements = (text: string): string[] =>
    cut(text).inputs.map((input) => (input.type === "statement" ? input.text : `\\${input.name} ${input.argument}`));

  test.each<[string, string[], string]>([
    ["select 1;", ["select 1;"], ""],
    ["select 1; select 2;\n", ["select 1;", "select 2;"], ""],
    ["select 1", [], "select 1"],
    ["select ';' , \";\" ;", ["select ';' , \";\" ;"], ""],
    ["select 'it''s;';", ["select 'it''s;';"], ""],
    ["select 'open;\n", [], "select 'open;\n"],
    ["select e'\\';' ;", ["select e'\\';' ;"], ""],
    ["select e'\\'; ", [], "select e'\\'; "],
    ["select name'x;'; select", ["select name'x;';"], "select"],
    ["do $$ begin; end $$;", ["do $$ begin; end $$;"], ""],
    ["do $a$ $$ ; $$ $a$;", ["do $a$ $$ ; $$ $a$;"], ""],
    ["do $a$ ; $b$", [], "do $a$ ; $b$"],
    ["select a$1; select 2;", ["select a$1;", "select 2;"], ""],
    ["-- a; b\nselect 1;", ["-- a; b\nselect 1;"], ""],
    ["/* ; */ select 1 /* ; ", [], "/* ; */ select 1 /* ; "],
    [
      "create rule r as on insert to t do (select 1; select 2);",
      ["create rule r as on insert to t do (select 1; select 2);"],
      "",
    ],
    [";;  -- nothing\n", [], ""],
    ["\\d claims.t\nselect 1;", ["\\d claims.t", "select 1;"], ""],
    ["select 1;\n\\dt;", ["select 1;", "\\dt "], ""],
  ])("%j", (text, expected, rest) => {
    expect(statements(text)).toEqual(expected);
    expect(cut(text).rest).toBe(rest);
  });
});

function streams(stdin: NodeJS.ReadableStream & { isTTY?: boolean }) {
  const written = { stdout: "", stderr: "" };
  const collect = (name: keyof typeof written): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const io = { stdin, stdout: collect("stdout"), stderr: collect("stderr"), signals: new EventEmitter() };
  return { io, written };
}

const historyFile = (): string => join(scratchProject({}).root, "psql_history");

test("-c shows a table with NULL, the variables are set, and an error has a caret below its place", async () => {
  const { url } = await freshDatabase(18);
  const { io, written } = streams(Readable.from([]));
  const options = { url, variables: { run_date: "2018-04-17" }, historyFile: historyFile(), color: false };
  const sql = "SELECT 1 AS one, NULL AS nothing, current_setting('ctf.run_date') AS day; SELECT\n  ä + wrong;";
  expect(await runPrompt(io, { ...options, command: sql })).toBe(1);
  expect(written.stdout).toBe(
    [" one | nothing | day", "-----+---------+------------", "   1 | NULL    | 2018-04-17", "(1 row)", ""].join("\n"),
  );
  expect(written.stderr).toBe(
    ['ERROR:  column "ä" does not exist', "LINE 2:   ä + wrong;", "          ^", ""].join("\n"),
  );
});

test("a conversation: many lines, \\d, \\x, Ctrl-C and \\q", async () => {
  const { url, name } = await freshDatabase(15);
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const { io, written } = streams(stdin);
  const ended = runPrompt(io, { url, variables: {}, historyFile: historyFile(), color: false });
  const type = async (text: string, answer: RegExp, where: keyof typeof written = "stdout"): Promise<void> => {
    const before = written[where].length;
    stdin.write(text);
    await expect.poll(() => written[where].slice(before), { interval: 5, timeout: 20_000 }).toMatch(answer);
  };
  await type("CREATE TABLE t\n", new RegExp(`${name}-> $`));
  await type("(a int PRIMARY KEY CHECK (a > 0), b text DEFAULT 'x');\n", /CREATE TABLE\n/);
  await type("\\d t\n", /a +\| integer +\| not null[\s\S]*t_pkey[\s\S]*CHECK \(\(a > 0\)\)/);
  await type("\\dt\n", /public +\| t +\| table/);
  await type("BEGIN;\n", /=\*> $/);
  await type("SELECT wrong;\n", /=!> $/);
  await type("ROLLBACK;\n\\x\nTABLE t; INSERT INTO t VALUES (1); TABLE t;\n", /-\[ row 1 \][\s\S]*a \| 1\nb \| x/);
  const other = await connect(url);
  stdin.write("SELECT pg_sleep(600);\n");
  const asleep = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
  await until(async () => (await other.query(asleep)).rowCount, "that the statement is at work");
  const canceled = type("", /canceling statement/, "stderr");
  io.signals.emit("SIGINT");
  await canceled;
  await type("\\nonsense\n", /there is no \\nonsense/, "stderr");
  stdin.write("\\q\n");
  expect(await ended).toBe(0);
});

test("on a terminal it keeps a history that only its author may read", async () => {
  const { url } = await freshDatabase(18);
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const { io } = streams(stdin);
  const file = historyFile();
  const stdout = Object.assign(io.stdout, { isTTY: true });
  stdin.write("SELECT 'canary';\nexit\n");
  expect(await runPrompt({ ...io, stdout }, { url, variables: {}, historyFile: file, color: false })).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("SELECT 'canary';");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("the machine's psql gets the password in its environment and the variables as settings", async () => {
  const { url } = await freshDatabase(18);
  const { root } = scratchProject({
    psql: `#!/bin/sh\nprintf '%s|' "$PGPASSWORD" "$PGOPTIONS" "$*"\nexit 3\n`,
  });
  const { io, written } = streams(Readable.from([]));
  chmodSync(join(root, "psql"), 0o755);
  const context = { ...io, env: { PATH: "/bin:/usr/bin" } } as unknown as CliContext;
  const variables = { who: "a b\\c" };
  expect(await runPsql(context, join(root, "psql"), { url, variables, command: "SELECT 1" })).toBe(1);
  const [password, options, args] = written.stdout.trim().split("|");
  expect(password).toBe(new URL(url).password);
  expect(options).toBe("-c ctf.who=a\\ b\\\\c");
  expect(args).toContain("-c SELECT 1");
  expect(args).not.toContain(password);
});
