/** Which Python runs the project's transforms. */
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, relative } from "node:path";
import { promisify } from "node:util";
import { DiagnosticError, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { noPython, oldPython } from "./codes.ts";

export interface PythonSettings {
  /** The project's root. */
  readonly root: string;
  /** As ctf.yaml names it: a path from the root, or a name on PATH. */
  readonly python?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Interpreter {
  readonly path: string;
  /** `3.12.4` */
  readonly version: string;
  /** Who chose it. */
  readonly from: "ctf.yaml" | ".venv" | "PATH";
}

const OLDEST: readonly [number, number] = [3, 11];
/** From the project's root. */
export const VENV_PYTHON = ".venv/bin/python";
const ANSWER_MS = 20_000;

/** Asks it for its version. @throws DiagnosticError where there is none, or it is too old */
export async function findInterpreter(settings: PythonSettings): Promise<Interpreter> {
  const { path, from } = chooseInterpreter(settings);
  const version = await versionOf(path);
  if (version === undefined) throw refused(`${shown(path, settings)} can't be run as Python`, settings);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return { path, version, from };
  throw new DiagnosticError([
    oldPython({
      message: `${shown(path, settings)} is Python ${version}; CTF needs ${OLDEST.join(".")} or newer`,
      span: { file: "ctf.yaml" },
      hint: 'Install a newer Python. If the old one is that of .venv, remove the folder and type "ctf python sync".',
    }),
  ]);
}

/** The file alone: it may turn out to be no Python. @throws DiagnosticError where there is none */
export function chooseInterpreter({ root, python, env }: PythonSettings): Pick<Interpreter, "path" | "from"> {
  const settings = { root, env, ...(python === undefined ? {} : { python }) };
  if (python !== undefined) {
    const named = python.includes("/");
    const path = named ? (isAbsolute(python) ? python : join(root, python)) : onPath(python, env);
    if (path === undefined) throw refused(`there is no ${python} on PATH`, settings);
    if (!existsSync(path)) throw refused(`${python} is not there`, settings);
    if (!isExecutable(path)) throw refused(`${python} is not a program that may be run`, settings);
    return { path, from: "ctf.yaml" };
  }
  const own = join(root, VENV_PYTHON);
  if (isExecutable(own)) return { path: own, from: ".venv" };
  const found = onPath("python3", env);
  if (found === undefined) throw refused("there is no .venv in the project, and no python3 on PATH", settings);
  return { path: found, from: "PATH" };
}

function refused(message: string, { python }: PythonSettings): DiagnosticError {
  const hint =
    python === undefined
      ? 'Install Python 3.11 or newer, then type "ctf python sync".'
      : 'Correct "python:" in ctf.yaml; without it the project\'s .venv is used, which "ctf python sync" makes.';
  const diagnostic: Diagnostic = noPython({ message, span: { file: "ctf.yaml" }, hint });
  return new DiagnosticError([diagnostic]);
}

const shown = (path: string, { root }: PythonSettings): string => {
  const near = relative(root, path);
  return near.startsWith("..") ? path : near;
};

function onPath(name: string, env: PythonSettings["env"]): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Asked without the user's site packages and settings: they may not even fit it. */
async function versionOf(path: string): Promise<string | undefined> {
  const ask = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
  try {
    const { stdout } = await promisify(execFile)(path, ["-I", "-S", "-c", ask], { timeout: ANSWER_MS });
    return /^\d+\.\d+\.\d+$/.exec(stdout.trim())?.[0];
  } catch {
    return undefined;
  }
}
