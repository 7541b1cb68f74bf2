/** The commit that a project is compared with. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { noGit, noMainBranch, noMergeBase, unknownRef } from "../codes.ts";
import { askGit, failed, gitOutput } from "./process.ts";

export interface Base {
  readonly commit: string;
  /** For people: `main`, `HEAD~1`. */
  readonly name: string;
}

/** Where people's branches begin, the first that is there. */
const MAIN_BRANCHES = [
  "refs/remotes/origin/HEAD",
  "refs/remotes/origin/main",
  "refs/heads/main",
  "refs/heads/master",
] as const;

/**
 * The commit that `ref` names; without one, the last that HEAD and the main branch share. `folder` is anywhere in the
 * repository.
 * @throws DiagnosticError: no repository, no such commit, no main branch, nothing shared
 */
export async function findBase(folder: string, ref?: string): Promise<Base> {
  const [, main] = await Promise.all([refuseNoRepository(folder), ref === undefined ? mainBranch(folder) : undefined]);
  if (ref !== undefined) {
    const commit = await commitOf(folder, ref);
    if (commit !== undefined) return { commit, name: ref };
    const hint = "`git branch --all` lists the branches; one of another machine has to be fetched first.";
    throw new DiagnosticError([unknownRef({ message: `the repository has no branch, tag or commit ${ref}`, hint })]);
  }
  if (main === undefined) {
    throw new DiagnosticError([
      noMainBranch({
        message: "the repository has no branch main or master, and no origin, so there is nothing to compare with",
        hint: "Name a branch, tag or commit.",
      }),
    ]);
  }
  const shared = await askGit(folder, ["merge-base", "HEAD", main]);
  if (shared.code === 0) return { commit: shared.stdout.toString("latin1").trim(), name: shortName(main) };
  if (shared.code !== 1) throw failed(["merge-base"], shared);
  const isShallow = (await gitOutput(folder, ["rev-parse", "--is-shallow-repository"])).toString().trim() === "true";
  throw new DiagnosticError([
    noMergeBase({
      message: `HEAD and ${shortName(main)} have no commit in common${isShallow ? ": this is a shallow clone" : ""}`,
      hint: isShallow
        ? 'Fetch the rest: "git fetch --unshallow", or "fetch-depth: 0" in CI.'
        : `Name what to compare with, such as ${shortName(main)} itself.`,
    }),
  ]);
}

async function refuseNoRepository(folder: string): Promise<void> {
  const answer = await askGit(folder, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  if (answer.code === 0) return;
  // Silent with code 1: a repository without a commit.
  if (answer.stderr === "") {
    const hint = 'Make one first: "git add --all", "git commit".';
    throw new DiagnosticError([unknownRef({ message: "the repository has no commit yet", hint })]);
  }
  if (!/not a git repository/i.test(answer.stderr)) throw failed(["rev-parse"], answer);
  const hint = 'Put it under git: "git init", "git add --all", "git commit".';
  throw new DiagnosticError([noGit({ message: "the project's folder is not in a git repository", hint })]);
}

async function commitOf(folder: string, ref: string): Promise<string | undefined> {
  const answer = await askGit(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  return answer.code === 0 ? answer.stdout.toString("latin1").trim() : undefined;
}

async function mainBranch(folder: string): Promise<string | undefined> {
  const { stdout } = await askGit(folder, ["for-each-ref", "--format=%(refname)", ...MAIN_BRANCHES]);
  const names = new Set(stdout.toString("utf8").split("\n"));
  return MAIN_BRANCHES.find((name) => names.has(name));
}

const shortName = (ref: string): string => ref.replace(/^refs\/(heads|remotes)\//, "");
