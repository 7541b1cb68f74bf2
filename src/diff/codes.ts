import { type Code, defineCode } from "../diagnostics/diagnostic.ts";

export const noGit = defineCode({
  code: "CTF440",
  name: "no-git",
  severity: "error",
  what: "A command compares with an earlier state of the project, and there is no git to ask for it.",
  why: "CTF keeps no history of definitions of its own: git does.",
  todo: "Install git, and put the project's folder under it: `git init`, `git add`, `git commit`.",
});

export const gitFailed = defineCode({
  code: "CTF441",
  name: "git-failed",
  severity: "error",
  what: "git refused or failed to show an earlier state of the project.",
  why: "The message has git's own words.",
  todo: "Do what git says; the same command typed by hand shows more.",
});

export const unknownRef = defineCode({
  code: "CTF442",
  name: "unknown-ref",
  severity: "error",
  what: "A command names a branch, tag or commit that the repository does not have.",
  why: "Nothing can be compared with it. A branch of another machine has to be fetched first.",
  todo: "Look at `git branch --all`, or fetch it: `git fetch origin BRANCH`.",
});

export const noMainBranch = defineCode({
  code: "CTF443",
  name: "no-main-branch",
  severity: "error",
  what: "Nothing says what to compare with, and the repository has no main branch that CTF knows of.",
  why: "Without a ref, CTF compares with the commit at which this branch left origin's default branch, or else origin/main, main or master.",
  todo: "Name a branch, tag or commit: `ctf diff REF`.",
});

export const noMergeBase = defineCode({
  code: "CTF444",
  name: "no-merge-base",
  severity: "error",
  what: "This branch and the main branch have no commit in common, as far as the repository knows.",
  why: "A shallow clone, as CI systems make it, has only the last commits.",
  todo: "Fetch the rest (`git fetch --unshallow`, or `fetch-depth: 0` in CI), or name what to compare with: `ctf diff REF`.",
});

export const noProjectBefore = defineCode({
  code: "CTF445",
  name: "no-project-before",
  severity: "warning",
  what: "The commit to compare with has no project in this folder.",
  why: "The project was moved or is new, so everything in it counts as added.",
  todo: "Nothing, if it is new. After a move, compare with a commit after it.",
});

export const brokenBefore = defineCode({
  code: "CTF446",
  name: "broken-before",
  severity: "warning",
  what: "Some definitions of the commit to compare with can't be read.",
  why: "They had errors then, or are of another version of CTF. What they declared is not known, so they are compared no further.",
  todo: "Nothing. `ctf run --changed` runs them.",
});

export const breakingContract = defineCode({
  code: "CTF447",
  name: "contract-breaks",
  severity: "warning",
  what: "An output or a source changes in a way that can break those who read it.",
  why: "A column that is gone, or that means or allows something else, breaks queries, reports and programs that rely on it, also those that CTF does not know.",
  todo: "Tell the owners that the message names, keep the old column for a while, or mark the output as `deprecated` and make another.",
});

/** For docs/diagnostics. @public */
export const codes: readonly Code[] = [
  noGit,
  gitFailed,
  unknownRef,
  noMainBranch,
  noMergeBase,
  noProjectBefore,
  brokenBefore,
  breakingContract,
];
