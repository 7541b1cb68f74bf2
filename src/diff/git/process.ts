/** Calls git. Nothing here writes: not even the index is refreshed on disk. */
import { spawn } from "node:child_process";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { gitFailed, noGit } from "../codes.ts";

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git in a folder with a text on its stdin. @throws DiagnosticError where there is no git */
export function askGit(folder: string, args: readonly string[], input = ""): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const git = spawn("git", ["--no-pager", ...args], { cwd: folder, env: environment() });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    git.stdout.on("data", (chunk: Buffer) => void stdout.push(chunk));
    git.stderr.on("data", (chunk: Buffer) => void stderr.push(chunk));
    git.once("error", () => {
      const hint = "Install git, or put it on the PATH.";
      reject(new DiagnosticError([noGit({ message: "there is no git on this machine", hint })]));
    });
    git.once("close", (code) =>
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString("utf8").trim(),
      }),
    );
    // It may end without reading all of it.
    git.stdin.on("error", () => {});
    git.stdin.end(input);
  });
}

/** Words in English, no lock on the index, no question to a person. A hook's own idea of the repository is not the folder's. */
function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, GIT_PREFIX: _prefix, ...env } = process.env;
  return { ...env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
}

/** What git prints. @throws DiagnosticError with git's own words when it fails */
export async function gitOutput(folder: string, args: readonly string[], input = ""): Promise<Buffer> {
  const answer = await askGit(folder, args, input);
  if (answer.code === 0) return answer.stdout;
  throw failed(args, answer);
}

export function failed(args: readonly string[], { stderr, code }: GitAnswer): DiagnosticError {
  const words = stderr.split("\n", 1)[0] || `it ended with ${code}`;
  return new DiagnosticError([gitFailed({ message: `git ${args[0]} failed: ${words}` })]);
}

/** The parts of an answer to a command with `-z`. */
export const parts = (answer: Buffer): readonly string[] =>
  answer.length === 0 ? [] : answer.toString("utf8").replace(/\0$/, "").split("\0");
