/** What the other side is, and that it is read whatever the state of the repository, without touching it. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { summaryText } from "../../src/diff/summary.ts";
import { runCtf } from "../support/cli.ts";
import { lines } from "../support/files.ts";
import { scratchProject } from "../support/project.ts";
import { CLAIMS, edited, pipeline } from "./claims.ts";
import { git, initGit, type Repository, repository, told } from "./repository.ts";

const TOTALS = "pipelines/claims/totals.sql";
const other = (what: string) => edited(CLAIMS[TOTALS], ["sum(amount)", what]);
const CHANGED = "claims.totals changed logic: totals.sql";

/** What `ctf diff` says when it can't compare. */
const refusal = async (compare: Promise<unknown>): Promise<readonly string[]> =>
  compare.then(
    () => [],
    (error: unknown) => {
      if (error instanceof DiagnosticError) return lines(error.diagnostics);
      throw error;
    },
  );

test("without a ref it is where the branch left main, whatever main has become since", async () => {
  const project = repository(CLAIMS);
  project.commit({ [TOTALS]: other("max(amount)") });
  project.git("checkout", "--quiet", "main");
  project.commit({ "pipelines/finance/spend.sql": "SELECT max(total) AS spent FROM claims.totals\n" });
  project.git("checkout", "--quiet", "work");
  const compared = await project.compare();
  expect(compared.base.name).toBe("main");
  expect(told(compared)).toEqual([CHANGED]);
});

test("a ref is that commit itself; origin's default branch goes before a local main", async () => {
  const project = repository(CLAIMS);
  project.commit({ [TOTALS]: other("max(amount)") });
  project.commit({ [TOTALS]: other("min(amount)") });
  expect(told(await project.compare("HEAD"))).toEqual([]);
  expect(told(await project.compare("HEAD~1"))).toEqual([CHANGED]);
  expect((await project.compare("HEAD~1")).base.name).toBe("HEAD~1");

  project.git("update-ref", "refs/remotes/origin/trunk", "HEAD");
  project.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
  const compared = await project.compare();
  expect([compared.base.name, told(compared)]).toEqual(["origin/HEAD", []]);
});

test("committed, staged, changed and untracked files count; ignored ones and others than CTF's do not", async () => {
  const project = repository(CLAIMS);
  project.commit({ [TOTALS]: other("max(amount)") });
  project.write({
    "pipelines/finance/spend.sql": "SELECT max(total) AS spent FROM claims.totals\n",
    "pipelines/quality/pipeline.yaml": pipeline("others"),
    "pipelines/new/pipeline.yaml": pipeline("new"),
    ".gitignore": ".ctf/\nignored.sql\n",
    "notes.txt": "nothing",
    "data/large.csv": "a,b\n",
  });
  project.git("add", "pipelines/finance/spend.sql");
  expect(told(await project.compare())).toEqual([
    "new added",
    "quality changed operations: owners",
    CHANGED,
    "finance.spend changed logic: spend.sql",
    "quality.scored changed operations: owners",
  ]);
});

test("a project in a folder of the repository, whose names git would quote", async () => {
  const project = repository(CLAIMS, "teams/Ärzte & co");
  project.write({ [TOTALS]: other("max(amount)") });
  project.remove("pipelines/quality");
  expect(told(await project.compare())).toEqual([
    "quality removed",
    CHANGED,
    "quality.scored removed breaking: table quality.scored is gone",
  ]);
});

test("transforms are renamed, and move to another pipeline", async () => {
  const project = repository(CLAIMS);
  const to = (path: string) => join(project.root, path);
  renameSync(to("pipelines/claims/totals.yaml"), to("pipelines/claims/member_totals.yaml"));
  renameSync(to("pipelines/claims/totals.sql"), to("pipelines/claims/member_totals.sql"));
  project.write({
    "pipelines/finance/spend.yaml": edited(CLAIMS["pipelines/finance/spend.yaml"], [
      "transform: totals",
      "transform: member_totals",
    ]),
  });
  mkdirSync(to("pipelines/reports"));
  project.write({ "pipelines/reports/pipeline.yaml": pipeline("reports") });
  renameSync(to("pipelines/finance/copied.yaml"), to("pipelines/reports/copied.yaml"));
  renameSync(to("pipelines/finance/copied.sql"), to("pipelines/reports/copied.sql"));
  expect(told(await project.compare())).toEqual([
    "reports added",
    "claims.member_totals renamed claims.totals words: pipelines/claims/totals.sql is pipelines/claims/member_totals.sql now",
    "finance.spend changed operations: no longer reads claims.totals",
    "finance.spend changed operations: reads claims.member_totals",
    "reports.copied renamed finance.copied operations: owners",
    "reports.copied renamed finance.copied words: pipelines/finance/copied.sql is pipelines/reports/copied.sql now",
  ]);
});

test("a side with errors is compared as far as it can be read", async () => {
  const broken = repository({ ...CLAIMS, "pipelines/claims/totals.yaml": "kind: [\n" });
  broken.write({
    "pipelines/claims/totals.yaml": CLAIMS["pipelines/claims/totals.yaml"],
    "pipelines/finance/spend.sql": "SELECT max(total) AS spent FROM claims.totals\n",
  });
  const compared = await broken.compare();
  expect(told(compared)).toEqual(["claims.totals changed before", "finance.spend changed logic: spend.sql"]);
  expect(lines(compared.diagnostics)).toEqual([
    " CTF446 the project had 1 error in main; it is compared as far as it could be read",
  ]);

  const breaking = repository(CLAIMS);
  breaking.write({ "pipelines/claims/totals.yaml": "kind: [\n" });
  breaking.write({ "pipelines/new/pipeline.yaml": pipeline("new"), "pipelines/new/begun.yaml": "kind: [\n" });
  const now = await breaking.compare();
  expect(told(now)).toEqual(["new added", "claims.totals changed now", "new.begun added now"]);
  expect(summaryText(now)).toBe("2 transforms can't be read; of the others: nothing breaks, nothing to run");
});

test("who reads what is gone is named, though they can't be read without it", async () => {
  const project = repository(CLAIMS);
  project.remove("pipelines/claims/paid.yaml", "pipelines/claims/paid.sql");
  expect(told(await project.compare())).toEqual([
    "claims.paid removed breaking: table claims.paid is gone ← claims.totals, finance.copied may: quality.scored then: finance.spend",
    "claims.totals changed now",
    "finance.copied changed now",
    "quality.scored changed now",
  ]);
});

test("a project that the commit does not have is new as a whole", async () => {
  const project = repository(CLAIMS);
  project.git("mv", "ctf.yaml", "old.yaml");
  project.git("mv", "pipelines", "before");
  project.commit();
  project.git("mv", "old.yaml", "ctf.yaml");
  project.git("mv", "before", "pipelines");
  const compared = await project.compare("HEAD");
  expect(lines(compared.diagnostics)).toEqual([
    " CTF445 HEAD has no ctf.yaml in this folder: everything counts as new",
  ]);
  expect(told(compared)).toContain("claims.totals added contract: table claims.totals is new");
});

test("links are read through, and nothing is left behind or changed", async () => {
  const project = repository(CLAIMS);
  project.remove(TOTALS);
  project.write({ "shared/totals.sql": CLAIMS[TOTALS] });
  symlinkSync("../../shared/totals.sql", join(project.root, TOTALS));
  symlinkSync("../shared/reports", join(project.root, "pipelines/reports"));
  project.write({
    "shared/reports/pipeline.yaml": pipeline("reports"),
    "shared/reports/one.yaml":
      "kind: create_table_as\noutput:\n  table: reports.one\n  columns:\n    - {name: x, type: int}\n",
    "shared/reports/one.sql": "SELECT 1 AS x\n",
  });
  project.commit();
  project.write({ "shared/totals.sql": other("max(amount)") });
  const status = () => [
    project.git("status", "--porcelain"),
    project.git("rev-parse", "HEAD"),
    project.git("stash", "list"),
  ];
  const before = status();
  // Other tests leave theirs in the common one while they are at work.
  const temporary = mkdtempSync(join(tmpdir(), "ctf-links-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(told(await project.compare("HEAD"))).toEqual([CHANGED]);
  project.write({ "shared/reports/one.sql": "SELECT 2 AS x\n" });
  expect(told(await project.compare("HEAD"))).toEqual([CHANGED, "reports.one changed logic: one.sql"]);
  project.write({ "shared/reports/one.sql": "SELECT 1 AS x\n" });
  expect(status()).toEqual(before);
  expect(readdirSync(temporary)).toEqual([]);
});

test("a hook's own repository is not taken for the project's", async () => {
  const project = repository(CLAIMS);
  project.write({ [TOTALS]: other("max(amount)") });
  process.env["GIT_DIR"] = "/nowhere";
  try {
    expect(told(await project.compare())).toEqual([CHANGED]);
  } finally {
    delete process.env["GIT_DIR"];
  }
});

type Refused = readonly [what: string, compare: () => Promise<unknown>, told: string];

const refused: readonly Refused[] = [
  [
    "no such ref",
    () => repository(CLAIMS).compare("mian"),
    " CTF442 the repository has no branch, tag or commit mian → `git branch --all` lists the branches; one of another machine has to be fetched first.",
  ],
  [
    "a ref that looks like an option",
    () => repository(CLAIMS).compare("--output=x"),
    " CTF442 the repository has no branch, tag or commit --output=x → `git branch --all` lists the branches; one of another machine has to be fetched first.",
  ],
  [
    "no main branch",
    () => {
      const project = repository(CLAIMS);
      project.git("branch", "--quiet", "-D", "main");
      return project.compare();
    },
    " CTF443 the repository has no branch main or master, and no origin, so there is nothing to compare with → Name a branch, tag or commit.",
  ],
  [
    "nothing in common",
    () => {
      const project = repository(CLAIMS);
      project.git("checkout", "--quiet", "--orphan", "other");
      project.commit();
      return project.compare();
    },
    " CTF444 HEAD and main have no commit in common → Name what to compare with, such as main itself.",
  ],
  [
    "a shallow clone",
    () => shallowClone().compare(),
    ' CTF444 HEAD and origin/main have no commit in common: this is a shallow clone → Fetch the rest: "git fetch --unshallow", or "fetch-depth: 0" in CI.',
  ],
];

/** As CI systems make it: the last commit of two branches, without what they share. */
function shallowClone(): Repository {
  const project = repository(CLAIMS);
  project.commit({ [TOTALS]: other("max(amount)") });
  project.git("checkout", "--quiet", "main");
  project.commit({ [TOTALS]: other("min(amount)") });
  const clone = repository({});
  clone.git("remote", "add", "origin", `file://${project.top}`);
  clone.git("fetch", "--quiet", "--depth=1", "origin", "main", "work");
  clone.git("update-ref", "refs/remotes/origin/main", "FETCH_HEAD");
  clone.git("fetch", "--quiet", "--depth=1", "origin", "work");
  clone.git("checkout", "--quiet", "--detach", "FETCH_HEAD");
  return clone;
}

test.each(refused)("%s", async (_, compare, expected) => {
  expect(await refusal(compare())).toEqual([expected]);
});

test("no repository, no commit, no git", async () => {
  const { root } = scratchProject(CLAIMS);
  const ask = async (env: Readonly<Record<string, string>> = {}) => (await runCtf(["diff"], { cwd: root, env })).stderr;
  expect(await ask()).toBe(
    'CTF440 the project\'s folder is not in a git repository\n  → Put it under git: "git init", "git add --all", "git commit".\n',
  );
  initGit(root);
  expect(await ask()).toBe(
    'CTF442 the repository has no commit yet\n  → Make one first: "git add --all", "git commit".\n',
  );
  git(root, "add", "--all");
  const path = process.env["PATH"];
  process.env["PATH"] = "/nowhere";
  try {
    expect(await ask()).toBe("CTF440 there is no git on this machine\n  → Install git, or put it on the PATH.\n");
  } finally {
    process.env["PATH"] = path;
  }
});
