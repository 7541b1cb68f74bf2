/**
 * Makes what is published: `node scripts/bundle.mjs [FOLDER]`, dist/ otherwise. Hundreds of modules become a few files, for
 * finding and linking modules took more time than all else that a small command does. Libraries stay outside, but for zod,
 * which alone has a hundred.
 */
import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = (name) => join(root, "src", `${name}.ts`);
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const libraries = Object.keys(dependencies);
const dist = process.argv[2] ?? join(root, "dist");

/** Every file of dist/ lies one folder deep, like src/project/package.ts. */
const input = {
  "cli/main": source("cli/main"),
  "check/thread": source("check/uses/thread"),
  "library/nested": source("library/nested"),
  "library/testing": source("library/testing"),
  "worker/hooks": source("worker/javascript/hooks"),
  "worker/main": source("worker/javascript/main"),
};

/**
 * What commands load: the modules that they begin with, as some are imported only when needed. Modules that the same of
 * these commands need become one file, so none of them loads what it does not need. The rest is cut by rolldown, likewise.
 */
const start = ["cli/main", "cli/dispatch", "project/root", "project/load", "kinds/index"];
const check = ["cli/commands/check", "check/index", "check/mend"];
const COMMANDS = {
  ls: ["cli/commands/ls"],
  show: ["cli/commands/show", "check/lineage/load"],
  check,
  compile: [...check, "compile/compile"],
  run: ["cli/commands/run", "check/index", "check/lineage/load", "cli/work/environment", "plan/make", "run/run"],
  test: ["cli/commands/test"],
  rounds: ["cli/commands/test", "cli/testing/session", "check/index"],
  history: ["cli/commands/history", "warehouse/session/connect", "warehouse/records/history"],
};

/** For each command, and for `--version`, the modules that it loads. */
let needed;

const bundle = await rolldown({
  cwd: root,
  input,
  platform: "node",
  preserveEntrySignatures: "allow-extension",
  external: (id) => libraries.some((name) => id === name || id.startsWith(`${name}/`)),
  transform: { define: { CTF_CODE: JSON.stringify(digest()) } },
  checks: { ineffectiveDynamicImport: false },
});
await bundle.write({
  dir: dist,
  cleanDir: true,
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name].js",
  // CTF_DEBUG=1 shows stack traces in terms of src/.
  sourcemap: true,
  sourcemapExcludeSources: true,
  codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunkOf, debugName: "commands" }] },
});
await bundle.close();
copyFileSync(join(root, "node_modules", "zod", "LICENSE"), join(dist, "zod.LICENSE"));

/** The file's name for a module, or null. What `ctf --version` loads stays alone. */
function chunkOf(id, context) {
  if (id.startsWith(join(root, "node_modules", "zod"))) return "zod";
  needed ??= Object.fromEntries([
    ["version", reachable(["cli/main"], context)],
    ...Object.entries(COMMANDS).map(([name, modules]) => [name, reachable([...start, ...modules], context)]),
  ]);
  if (needed.version.has(id)) return null;
  const names = Object.keys(COMMANDS).filter((name) => needed[name].has(id));
  if (names.length === 0) return null;
  return names.length === Object.keys(COMMANDS).length ? "all" : names.join("-");
}

/** The modules that these import, and theirs, without those that are imported only when needed. */
function reachable(names, context) {
  const found = new Set();
  const next = names.map(source);
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (found.has(id)) continue;
    const module = context.getModuleInfo(id);
    if (!module) throw new Error(`there is no module ${id}`);
    found.add(id);
    next.push(...module.importedIds.filter((imported) => imported.startsWith(root)));
  }
  return found;
}

/** Of all that decides on what the code says: what was kept under another digest is not believed (project/kept_file.ts). */
function digest() {
  const hash = createHash("sha256").update(readFileSync(join(root, "package.json")));
  for (const file of readdirSync(join(root, "src"), { recursive: true }).sort()) {
    if (file.endsWith(".ts")) hash.update(file).update(readFileSync(join(root, "src", file)));
  }
  return hash.digest("hex");
}
