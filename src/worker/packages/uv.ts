/** Finds uv, or installs it for this project. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { noUv } from "../codes.ts";
import { pythonFolder } from "../environment.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

const run = promisify(execFile);
const OUTPUT_BYTES = 64 << 20;

/** Runs a program to its end. @throws what it said on stderr, as `stderr` of the error */
export const runProgram = (
  { command, args }: Program,
  more: readonly string[],
  options: { readonly cwd: string; readonly env: Environment },
): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  run(command, [...args, ...more], { ...options, env: { ...options.env }, maxBuffer: OUTPUT_BYTES });

/** `python`: one that can make a venv. @throws DiagnosticError */
export async function findUv(
  root: string,
  env: Environment,
  python: string,
  notice: (text: string) => void,
): Promise<Program> {
  const own = join(root, ".ctf", "uv");
  const ownUv: Program = { command: join(own, "bin", "uv"), args: [] };
  const candidates: readonly Program[] = [{ command: "uv", args: [] }, { command: python, args: ["-m", "uv"] }, ownUv];
  for (const program of candidates) {
    const answers = await runProgram(program, ["--version"], { cwd: root, env }).then(
      () => true,
      () => false,
    );
    if (answers) return program;
  }
  notice("Installing uv for this project (.ctf/uv).");
  const lock = join(pythonFolder(), "requirements-uv.lock");
  try {
    mkdirSync(dirname(own), { recursive: true });
    if (existsSync(own)) rmSync(own, { recursive: true });
    await runProgram({ command: python, args: ["-m", "venv"] }, [own], { cwd: root, env });
    const pip = { command: join(own, "bin", "python"), args: ["-m", "pip", "install", "--quiet"] };
    await runProgram(pip, ["--disable-pip-version-check", "--require-hashes", "-r", lock], { cwd: root, env });
    return ownUv;
  } catch (error) {
    throw new DiagnosticError([
      noUv({
        message: "uv is not on PATH, and could not be installed into .ctf/uv",
        hint: `Install uv yourself, or mend this: ${lastWords(error)}`,
      }),
    ]);
  }
}

/** The last lines of what a program said; nothing of a user's data is in them. */
export function lastWords(error: unknown): string {
  const { stderr = "", message } = error as { readonly stderr?: string; readonly message: string };
  const lines = stderr.trimEnd().split("\n").slice(-12).join("\n").trim();
  return lines === "" ? message : lines;
}
