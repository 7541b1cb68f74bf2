/** requirements.lock: every package of `python_requirements:` with its version and hashes. `ctf python sync` makes it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineCode } from "../diagnostics/diagnostic.ts";
import type { Problem } from "./problem.ts";

export const LOCK_FILE = "requirements.lock";

const MARK = "# Made by `ctf python sync` from python_requirements in ctf.yaml. List: ";

export const lockText = (requirements: readonly string[], locked: string): string =>
  `${MARK}${listHash(requirements)}\n${locked}`;

/** What CTF itself needs in a project's environment: tests that set the time hold Python's clock still by it. */
const OURS = ["time-machine"];

/** All that is locked and installed. */
export const withOurs = (requirements: readonly string[]): readonly string[] => [...requirements, ...OURS];

const listHash = (requirements: readonly string[]): string =>
  createHash("sha256")
    .update(JSON.stringify(withOurs(requirements)))
    .digest("hex")
    .slice(0, 32);

/** Whether the lock was made from this list. */
export function lockState(root: string, requirements: readonly string[]): "current" | "older" | "missing" {
  try {
    const [first = ""] = readFileSync(join(root, LOCK_FILE), "utf8").split("\n", 1);
    return first === `${MARK}${listHash(requirements)}` ? "current" : "older";
  } catch {
    return "missing";
  }
}

const ctfYaml = (more: string) => ({ "ctf.yaml": `ctf: 1\nproject: example\n${more}` });

export const outdatedLock = defineCode({
  code: "CTF617",
  name: "requirements-outdated",
  severity: "warning",
  what: "requirements.lock was not made from the list of packages that ctf.yaml has now.",
  why: "The lock is what is installed, on every machine the same.",
  todo: "Type `ctf python sync`, and keep the lock with the project.",
  bad: ctfYaml("python_requirements: [pandas]\n"),
  good: ctfYaml("python_requirements: []\n"),
});

/** What is to be said in ctf.yaml of a lock that does not fit it. */
export function lockProblems(root: string, requirements: readonly string[]): readonly Problem[] {
  const state = requirements.length === 0 ? "current" : lockState(root, requirements);
  if (state === "current") return [];
  const message =
    state === "missing"
      ? `the packages of "python_requirements" are not locked: there is no ${LOCK_FILE}`
      : `${LOCK_FILE} was made from another list of "python_requirements"`;
  const hint = 'Type "ctf python sync".';
  return [{ code: outdatedLock, path: ["python_requirements"], at: "key", message, hint }];
}
