/** Starting a python transform, and the packages that it needs. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCtf } from "../support/cli.ts";
import { scratchProject } from "../support/project.ts";
import { pythonProject, testPython } from "../support/python.ts";

const PIPELINE = { "pipelines/p/pipeline.yaml": "description: P\nowners: [us]\n" };

test("ctf start python writes a definition and a function that Python can read", async () => {
  const { root } = scratchProject(PIPELINE);
  const started = await runCtf(["start", "python", "table", "score.py", "--pipeline", "p"], { cwd: root });
  expect({ code: started.code, stderr: started.stderr }).toMatchObject({ code: 0 });
  expect(started.stderr).toContain("Wrote pipelines/p/score.yaml and pipelines/p/score.py.");
  const code = readFileSync(join(root, "pipelines/p/score.py"), "utf8");
  expect(code).toContain("def transform(ctx: ctf.Context):");
  execFileSync(testPython(), ["-c", "compile(open('pipelines/p/score.py').read(), 'score.py', 'exec')"], { cwd: root });
  const file = await runCtf(["start", "python", "file", "extract.py", "--pipeline", "p"], { cwd: root });
  expect(file.code).toBe(0);
  expect(readFileSync(join(root, "pipelines/p/extract.yaml"), "utf8")).toContain("file: out/extract.csv");
});

test("ctf python tells which Python it is, and which packages it has", async () => {
  const { root } = scratchProject({ ...PIPELINE, "ctf.yaml": pythonProject("python_requirements: [pandas]\n") });
  const { code, stdout } = await runCtf(["python"], { cwd: root });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^python +3\.\d+\.\d+, .* \(from ctf\.yaml\)\npyarrow +\d.*\npandas +\d/);
  expect(stdout).toContain('the packages are not locked yet: type "ctf python sync"');
  const checked = await runCtf(["check"], { cwd: root });
  expect(checked.stdout).toContain('CTF617 the packages of "python_requirements" are not locked');
  expect(checked.code).toBe(0);
});

test("pytest's files beside the transforms are no forgotten code", async () => {
  const { root } = scratchProject({
    ...PIPELINE,
    "pipelines/p/forgotten.py": "pass\n",
    "pipelines/p/test_score.py": "pass\n",
    "pipelines/p/score_test.py": "pass\n",
    "pipelines/p/conftest.py": "pass\n",
    "pipelines/p/score.yaml": "kind: python\noutput: {table: p.score, columns: [{name: id, type: bigint}]}\n",
    "pipelines/p/score.py": "def transform():\n    return []\n",
  });
  const { stdout } = await runCtf(["check"], { cwd: root });
  expect(stdout.match(/\S+ CTF015/g)).toEqual(["pipelines/p/forgotten.py CTF015"]);
});

test("the packages of a Python that is no environment are not CTF's to change", async () => {
  const { root } = scratchProject({ ...PIPELINE, "ctf.yaml": "ctf: 1\nproject: test\npython: python3\n" });
  const { code, stderr } = await runCtf(["python", "sync"], { cwd: root });
  expect(code).toBe(1);
  expect(stderr).toContain("which is not a virtual environment");
});

/** Whether packages can be had here: asked of the ordinary client, for one small package. */
function offline(): string | undefined {
  try {
    const ask = ["-m", "uv", "pip", "compile", "--quiet", "--no-cache", "-"];
    execFileSync(testPython(), ask, { input: "iniconfig\n", stdio: ["pipe", "ignore", "ignore"], timeout: 30_000 });
    return undefined;
  } catch {
    return "no package index can be reached";
  }
}

test("ctf python sync locks with hashes, installs exactly that, and locks again only when the list changed", async (t) => {
  const reason = offline();
  if (reason !== undefined) t.skip(reason);
  const ctfYaml = (list: string) => `ctf: 1\nproject: test\npython_requirements: [${list}]\n`;
  const { root } = scratchProject({ ...PIPELINE, "ctf.yaml": ctfYaml("iniconfig") });
  const PATH = `${join(testPython(), "..")}:${process.env["PATH"]}`;
  const network = Object.entries(process.env).filter(([name]) => /^(UV|PIP|SSL)_|_PROXY$/i.test(name));
  const env = { ...(Object.fromEntries(network) as Record<string, string>), PATH };
  const sync = () => runCtf(["python", "sync"], { cwd: root, env });

  const first = await sync();
  expect(first.stderr).not.toContain("CTF");
  const lock = readFileSync(join(root, "requirements.lock"), "utf8");
  expect(lock).toMatch(/^# Made by `ctf python sync`.*\niniconfig==\S+ \\\n {4}--hash=sha256:/);
  expect(lock).not.toMatch(/https?:/);
  const python = join(root, ".venv/bin/python");
  const has = (module: string) => {
    try {
      execFileSync(python, ["-c", `import ${module}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  expect([has("iniconfig"), has("ctf"), has("pyarrow"), has("time_machine")]).toEqual([true, true, false, true]);
  const asked =
    "import importlib.metadata as m; print([e.value for e in m.entry_points(group='pytest11') if 'ctf' in e.name])";
  expect(execFileSync(python, ["-c", asked], { encoding: "utf8" }).trim()).toBe("['ctf.testing.plugin']");
  expect((await runCtf(["check"], { cwd: root })).stdout).not.toContain("CTF617");

  const again = await sync();
  expect(again.stderr).not.toContain("requirements.lock is new");
  expect(readFileSync(join(root, "requirements.lock"), "utf8")).toBe(lock);

  writeFileSync(join(root, "ctf.yaml"), ctfYaml(""));
  expect((await sync()).stderr).toContain("requirements.lock is new");
  expect(has("iniconfig")).toBe(false);

  writeFileSync(join(root, "ctf.yaml"), ctfYaml("iniconfig==0.0.0.dev999"));
  const failed = await sync();
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("CTF616");
  expect(existsSync(join(root, ".ctf/requirements.in"))).toBe(false);
});
