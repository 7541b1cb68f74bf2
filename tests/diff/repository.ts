/** A project under git, made in the test. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Compared, compareProject } from "../../src/diff/compare.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadProject } from "../../src/project/load.ts";
import { type Files, write } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";

export interface Repository {
  /** Of the repository. */
  readonly top: string;
  /** Of the project, which may lie below. */
  readonly root: string;
  write(files: Files): void;
  remove(...paths: readonly string[]): void;
  git(...args: readonly string[]): string;
  commit(files?: Files): void;
  compare(ref?: string): Promise<Compared>;
}

/** Whoever runs the tests may have settings of their own. */
const ENVIRONMENT = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };

export const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync("git", args, { cwd: folder, env: ENVIRONMENT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

export function initGit(folder: string): void {
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "config", "user.name", "Test");
  git(folder, "config", "user.email", "test@clover.example");
}

/** The files committed on main, then a branch. `below`: the folder of the repository that the project lies in. */
export function repository(files: Files, below = ""): Repository {
  const place = (some: Files): Files =>
    Object.fromEntries(Object.entries(some).map(([path, text]) => [join(below, path), text]));
  const { root: top } = scratchProject({});
  const root = join(top, below);
  if (below !== "") rmSync(join(top, "ctf.yaml"));
  initGit(top);
  write(top, place({ "ctf.yaml": "ctf: 1\nproject: test\n", ".gitignore": ".ctf/\n", ...files }));
  git(top, "add", "--all");
  git(top, "commit", "--quiet", "--message=before");
  git(top, "checkout", "--quiet", "-b", "work");
  return {
    top,
    root,
    write: (some) => write(top, place(some)),
    remove: (...paths) => paths.forEach((path) => rmSync(join(root, path), { recursive: true })),
    git: (...args) => git(top, ...args),
    commit: (some = {}) => {
      write(top, place(some));
      git(top, "add", "--all");
      git(top, "commit", "--quiet", "--allow-empty", "--message=now");
    },
    compare: async (ref) => {
      const { project, diagnostics } = await loadProject(root, kinds);
      return compareProject(project, diagnostics, ref);
    },
  };
}

/** `claims.paid changed breaking: column amount is gone ← finance.spend may: quality.py then: 2`, one line a change. */
export function told({ difference }: Compared): readonly string[] {
  return difference.entries.flatMap((entry) => {
    const heading = [entry.name, entry.status, entry.before, entry.unreadable].filter(Boolean).join(" ");
    if (entry.changes.length === 0) return [heading];
    return entry.changes.map(({ area, text, contract }) => {
      const readers = (how: string) =>
        (contract?.readers ?? []).filter((one) => one.how === how).map(({ transform }) => transform);
      const [reads, may] = [readers("reads"), readers("may_read")];
      const further = contract?.further ?? [];
      return [
        `${heading} ${contract?.breaking ? "breaking" : area}: ${text}`,
        ...(reads.length > 0 ? [`← ${reads.join(", ")}`] : []),
        ...(may.length > 0 ? [`may: ${may.join(", ")}`] : []),
        ...(further.length > 0 ? [`then: ${further.map(({ transform }) => transform).join(", ")}`] : []),
      ].join(" ");
    });
  });
}
