/** `ctf python sync`: the project's packages, locked and installed into its own environment. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { LOCK_FILE, lockState, lockText, withOurs } from "../../project/requirements.ts";
import { noPython, notSynced } from "../codes.ts";
import { findInterpreter, VENV_PYTHON, type PythonSettings } from "../interpreter.ts";
import { installOwnCode } from "./own_code.ts";
import { findUv, lastWords, runProgram, type Program } from "./uv.ts";

export interface Synced {
  /** The lock was made anew. */
  readonly locked: boolean;
  /** The environment was made. */
  readonly made: boolean;
  /** The environment's interpreter. */
  readonly python: string;
}

/** A company's network often has certificates of its own; uv trusts the system's only when told, under either name. */
const SYSTEM_CERTIFICATES = { UV_SYSTEM_CERTS: "true", UV_NATIVE_TLS: "true" };

/** @throws DiagnosticError in uv's words where a package can't be had */
export async function syncPackages(
  settings: PythonSettings,
  requirements: readonly string[],
  notice: (text: string) => void,
): Promise<Synced> {
  const { root, env } = settings;
  const base = await findInterpreter(settings);
  const given = base.from === "ctf.yaml";
  if (given && !existsSync(join(dirname(dirname(base.path)), "pyvenv.cfg"))) {
    throw new DiagnosticError([
      noPython({
        message: `"python:" in ctf.yaml names ${base.path}, which is not a virtual environment: its packages are not CTF's to change`,
        span: { file: "ctf.yaml" },
        hint: 'Remove "python:", and sync makes .venv; or name the python of a virtual environment.',
      }),
    ]);
  }
  const uv = await findUv(root, env, base.path, notice);
  const call = (args: readonly string[]) =>
    runProgram(uv, args, { cwd: root, env: { ...SYSTEM_CERTIFICATES, ...env } }).catch((error: unknown) => {
      throw new DiagnosticError([
        notSynced({
          message: `uv ${args.slice(0, 2).join(" ")} failed`,
          span: { file: "ctf.yaml" },
          hint: lastWords(error),
        }),
      ]);
    });
  const python = given ? base.path : join(root, VENV_PYTHON);
  const made = !existsSync(python);
  if (made) {
    notice("Making .venv.");
    await call(["venv", "--quiet", "--no-project", "--python", base.path, join(root, ".venv")]);
  }
  const locked = lockState(root, requirements) !== "current";
  if (locked) {
    notice(`Locking ${requirements.length} requirements with all that they need.`);
    await lock(root, requirements, python, call);
  }
  const exactly = ["--require-hashes", "--allow-empty-requirements", "--python", python];
  await call(["pip", "sync", "--quiet", ...exactly, LOCK_FILE]);
  installOwnCode(await sitePackages({ command: python, args: [] }, settings));
  return { locked, made, python };
}

async function lock(
  root: string,
  requirements: readonly string[],
  python: string,
  call: (args: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const folder = join(root, ".ctf");
  const list = join(folder, "requirements.in");
  const fresh = join(folder, LOCK_FILE);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(
      list,
      withOurs(requirements)
        .map((line) => `${line}\n`)
        .join(""),
    );
    // What is locked already stays at its version where the list allows it.
    if (existsSync(join(root, LOCK_FILE))) copyFileSync(join(root, LOCK_FILE), fresh);
    const quiet = ["--quiet", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"];
    const how = ["--universal", "--generate-hashes", "--python", python, "--output-file", fresh];
    await call(["pip", "compile", ...quiet, ...how, list]);
    writeFileSync(fresh, lockText(requirements, readFileSync(fresh, "utf8")));
    renameSync(fresh, join(root, LOCK_FILE));
  } finally {
    rmSync(list, { force: true });
    rmSync(fresh, { force: true });
  }
}

async function sitePackages(python: Program, { root, env }: PythonSettings): Promise<string> {
  const ask = "import sysconfig; print(sysconfig.get_paths()['purelib'])";
  const { stdout } = await runProgram(python, ["-I", "-c", ask], { cwd: root, env });
  return stdout.trim();
}
