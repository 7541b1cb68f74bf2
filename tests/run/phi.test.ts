/** No value from a user's table or file gets into anything that CTF prints or keeps. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { isError } from "../../src/diagnostics/diagnostic.ts";
import { ctf } from "../../src/cli/main.ts";
import type { RunResult } from "../../src/run/events.ts";
import { localDatabase } from "../../src/warehouse/embedded/local.ts";
import { fakeTerminal } from "../cli/terminal.ts";
import { runCtf, spawnCtf } from "../support/cli.ts";
import { connect } from "../support/database.ts";
import { write } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";
import { testPython } from "../support/python.ts";
import { CANARIES, CASES, FILES, SETUP } from "./phi_cases.ts";

const BASE = {
  "ctf.yaml": `ctf: 1\nproject: hospital\npython: ${testPython()}\ndefaults: {retries: 0}\n`,
  "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n",
};

/** Every file of .ctf but the database's own. */
function kept(folder: string): [string, string][] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === "data") return [];
    return statSync(path).isDirectory() ? kept(path) : [[path, readFileSync(path, "latin1")]];
  });
}

function expectNoValue(texts: readonly (readonly [string, string])[]): void {
  const found = texts.flatMap(([where, text]) =>
    text
      .split("\n")
      .flatMap((line) =>
        CANARIES.some((canary) => line.includes(canary)) ? [`${where}: ${line.slice(0, 1000)}`] : [],
      ),
  );
  expect(found).toEqual([]);
}

test("values that make every kind fail in every way are nowhere to be seen", async () => {
  const { root } = scratchProject(BASE);
  write(root, FILES);
  const { url, server } = await localDatabase({ root, postgres: 18, name: "hospital" });
  const client = await connect(url);
  await client.query(SETUP);

  const asJson = await runCtf(["run", "--all", "--json"], { cwd: root });
  const { result } = JSON.parse(asJson.stdout.trimEnd().split("\n").at(-1)!) as { result: RunResult };
  const succeeded = Object.entries(CASES).flatMap(([name, { succeeds }]) => (succeeds ? [`p.${name}`] : []));
  expect(
    result.transforms
      .filter(({ status }) => status === "succeeded")
      .map(({ id }) => id)
      .sort(),
  ).toEqual(succeeded.sort());
  // Each is told what it is all the same, and is nobody's surprise.
  const codes = result.transforms
    .filter(({ status }) => status === "failed")
    .map(({ id, diagnostics }) => `${id} ${diagnostics.filter(isError).map(({ code }) => code)}`);
  expect(codes.filter((line) => !/ CTF(5(1\d|24|3[347]|4[34])|6(04|07|08|09|10|13)|806|830)$/.test(line))).toEqual([]);

  const asText = await (await spawnCtf(["run", "--all"], { cwd: root, env: { CTF_DEBUG: "1" } })).ended;
  expect(asText.code).toBe(1);

  const terminal = fakeTerminal(200);
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], TERM: "xterm", NO_COLOR: "1" };
  const io = {
    cwd: root,
    env,
    stdin: Readable.from([]),
    stdout: terminal as never,
    stderr: terminal as never,
    signals: new EventEmitter(),
  };
  await ctf(["run", "p"], io);
  const shown = terminal.screen();
  const asked = ["raise", "cast_int", "primary_key", "py_raise"];
  await ctf(["run", "p", ...asked.flatMap((name) => ["--only", name]), "--show-data"], io);

  const tables = (
    await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'ctf'::regnamespace AND relkind = 'r'",
    )
  ).rows;
  expect(tables.length).toBeGreaterThan(3);
  const records: [string, string][] = [];
  for (const { name } of tables) {
    records.push([`ctf.${name}`, JSON.stringify((await client.query(`SELECT * FROM ctf.${name}`)).rows, null, 1)]);
  }
  const comments = (await client.query("SELECT description FROM pg_description WHERE objoid >= 16384")).rows;
  expectNoValue([
    ["--json stdout", asJson.stdout],
    ["--json stderr", asJson.stderr],
    ["text stdout", asText.stdout],
    ["text stderr", asText.stderr],
    ["terminal", shown],
    ["the server's log", readFileSync(server.log, "utf8")],
    ...kept(join(root, ".ctf")),
    ...records,
    ["comments", JSON.stringify(comments, null, 1)],
  ]);

  // Asked for on a terminal, the server's and Python's own words are there, and nowhere else (the files above were read after it).
  const words = terminal.screen().slice(shown.length);
  expect(words).toContain("PostgreSQL: no room for Wilhelmina Featherstonehaugh");
  expect(words).toContain('PostgreSQL: invalid input syntax for type integer: "Wilhelmina Featherstonehaugh"');
  expect(words).toContain("Key (ssn)=(987-65-4329) is duplicated.");
  expect(words).toContain("Python: Wilhelmina Featherstonehaugh");
});

test("--show-data is for a terminal: not for JSON, not for a file", async () => {
  const { root } = scratchProject(BASE);
  for (const more of [[], ["--json"]]) {
    const { code, stderr } = await runCtf(["run", "--all", "--show-data", ...more], { cwd: root });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("--show-data works on a terminal only"),
    });
  }
});
