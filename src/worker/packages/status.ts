/** What `ctf python` tells of the interpreter and its packages. */
import { lockState } from "../../project/requirements.ts";
import { findInterpreter, type Interpreter, type PythonSettings } from "../interpreter.ts";
import { runProgram } from "./uv.ts";

export interface PythonStatus {
  readonly interpreter: Interpreter;
  /** Versions by package; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>;
  /** Nothing where no packages are asked for. */
  readonly lock?: "current" | "older" | "missing";
}

/** What reading as Arrow and as pandas needs, and tests that set the time. */
const PACKAGES = ["pyarrow", "pandas", "time-machine"];

const ASK = `
import importlib.metadata, json, sys
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
print(json.dumps({name: version(name) for name in sys.argv[1:]}))`;

/** @throws DiagnosticError where there is no Python */
export async function pythonStatus(settings: PythonSettings, requirements: readonly string[]): Promise<PythonStatus> {
  const { root, env } = settings;
  const interpreter = await findInterpreter(settings);
  const { stdout } = await runProgram({ command: interpreter.path, args: ["-c", ASK] }, PACKAGES, { cwd: root, env });
  return {
    interpreter,
    packages: JSON.parse(stdout) as PythonStatus["packages"],
    ...(requirements.length > 0 ? { lock: lockState(root, requirements) } : {}),
  };
}
