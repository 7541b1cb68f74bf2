#!/usr/bin/env node
// The demo from its data to its last word. The compiled CTF must be there: "make demo" sees to that.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = fromHere("../examples/demo");
const ctf = fromHere("../dist/cli/main.js");
if (!existsSync(ctf)) {
  console.error('CTF is not compiled yet: "npm install && npm run build", or simply "make demo".');
  process.exit(1);
}

// Ctrl-C is for the program that runs: this one waits for it to end.
process.on("SIGINT", () => {});

/** Runs a program in the demo's folder, on this terminal, and ends with it if it fails. */
function step(title, ...args) {
  console.log(`\n${title}`);
  const { status, signal } = spawnSync(process.execPath, args, { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

step("1. Files as a health plan's systems send them", "generate.mjs");
step("2. A warehouse out of them: ctf run --all", ctf, "run", "--all");
const rejects = "SELECT line, reason, message, raw FROM landing.lab_results_rejects";
step("3. What could not be loaded is kept: the laboratory's last line is no result", ctf, "db", "psql", "-c", rejects);

const cd = relative(process.cwd(), folder);
console.log(`
You have a warehouse of a small Medicare Advantage plan, on a PostgreSQL in ${relative(process.cwd(), `${folder}/.ctf`)}.
To look around:

  ${cd === "" ? "" : `cd ${cd}\n  `}alias ctf='node "${ctf}"'

  ctf ls                       what there is, in the order in which it runs
  ctf graph                    who reads whom
  ctf show risk_scores         all about one transform
  ctf show kidney_function     one in Python, from laboratory results
  ctf db psql                  ask it: SELECT * FROM quality.outreach_list ORDER BY rank LIMIT 10;
  ctf run claims --dry-run     what a run would do
  ctf test                     does its SQL do what it should? Tests of all of it
  ctf db stop                  stop the PostgreSQL; it starts again when it is needed

README.md there has a tour, and exercises: break it, and see that nothing breaks.`);
