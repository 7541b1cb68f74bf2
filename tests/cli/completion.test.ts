import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";
import { files } from "./project.ts";

async function completed(words: readonly string[], folder = ""): Promise<string> {
  const cwd = join(scratchProject(files).root, folder);
  const { stdout, stderr, code } = await runCtf(["__complete", "--", ...words], { cwd });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return stdout.trimEnd().split("\n").join(" ");
}

describe("what is offered", () => {
  test.each<[string, readonly string[], string]>([
    ["commands", ["s"], "start show source"],
    ["commands to be helped with", ["help", "ru"], "run"],
    ["options of all", ["--"], "--help --version"],
    ["options of a command", ["run", "--re"], "--resume --rebuild-views"],
    ["pipelines", ["run", ""], "enrollment members"],
    ["pipelines that begin so", ["ls", "m"], "members"],
    ["nothing after the last argument", ["ls", "members", ""], ""],
    ["transforms of the pipeline that is named", ["run", "enrollment", "-s", ""], "gaps months spans"],
    ["transforms after a long option", ["run", "members", "--only", "c"], "clean"],
    ["all transforms by id", ["show", "members."], "members.clean members.raw"],
    ["choices", ["graph", "--format", ""], "terminal mermaid json"],
    ["shells", ["completion", ""], "bash zsh"],
    ["kinds", ["start", "p"], "python pipeline"],
    ["outputs", ["start", "create_table_as", "t"], "table"],
    ["what can be tested", ["test", "en"], "enrollment enrollment.gaps enrollment.months enrollment.spans"],
    ["an option's own value is not the pipeline", ["run", "--concurrency", "4", "e"], "enrollment"],
    ["nothing for a command that is none", ["zzz", ""], ""],
    ["nothing where only a person knows", ["run", "--var", ""], ""],
  ])("%s", async (_, words, expected) => {
    expect(await completed(words)).toBe(expected);
  });

  test("transforms of the pipeline one stands in", async () => {
    expect(await completed(["show", ""], "pipelines/members")).toBe("clean raw");
    expect(await completed(["show", "enrollment.g"], "pipelines/members")).toBe("enrollment.gaps");
  });

  test("commands also outside of a project, names of it silently not", async () => {
    expect((await runCtf(["__complete", "--", "ru"], { cwd: "/" })).stdout).toBe("run\n");
    expect(await runCtf(["__complete", "--", "ls", ""], { cwd: "/" })).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("scripts", () => {
  test("bash can source it, and offers what ctf says", async () => {
    const { root } = scratchProject({});
    const { stdout: script } = await runCtf(["completion", "bash"], { cwd: root });
    writeFileSync(join(root, "completion.bash"), script);
    // Stands in for ctf: says which words it was asked about.
    writeFileSync(join(root, "ctf"), '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n');
    chmodSync(join(root, "ctf"), 0o755);
    const ask = `source ./completion.bash
COMP_WORDS=(ctf run --only "" after) COMP_CWORD=3
_ctf
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p ctf`;
    const said = execFileSync("bash", ["--norc", "-euc", ask], {
      cwd: root,
      encoding: "utf8",
      env: { PATH: `${root}:${process.env["PATH"]}` },
    });
    expect(said.split("\n")).toEqual([
      "<__complete>",
      "<-->",
      "<run>",
      "<--only>",
      "<>",
      "complete -o default -F _ctf ctf",
      "",
    ]);
  });

  test("zsh", async () => {
    const { stdout } = await runCtf(["completion", "zsh"], { cwd: "/" });
    expect(stdout).toMatch(/^#compdef ctf\n/);
    expect(stdout).toContain('ctf __complete -- "${(@)words[2,CURRENT]}"');
  });

  test("no other shell", async () => {
    const { code, stderr } = await runCtf(["completion", "fish"], { cwd: "/" });
    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are bash, zsh");
  });
});
