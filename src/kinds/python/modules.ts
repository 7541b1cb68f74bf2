/** The project's own modules that a Python file imports: when one of them changes, so does what the file makes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * At the beginning of a statement. What looks like one in a docstring only means that more is watched than needed; Python's
 * whole grammar would take too long for each plan.
 */
const IMPORTS = /(?:^|[;:])[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([\w., \t]+))/gm;

/** Of a file's text and of the modules that it imports. */
export function checksumOf(root: string, file: string, text: string): string {
  const hash = createHash("sha256");
  // A zero byte between them: none has one inside.
  for (const one of [text, ...importedModules(root, file, text)]) hash.update(one).update("\0");
  return hash.digest("hex");
}

/**
 * The texts of the modules, with those that they import in turn, in one order. They are looked for where Python looks: in
 * the file's folder, then in the project's root; of a package all files count. What the code puts together while it runs
 * (importlib) is not seen.
 */
export function importedModules(root: string, file: string, text: string): readonly string[] {
  const folders = [...new Set([join(root, dirname(file)), root])];
  const found = new Map<string, string>();
  const pending = [text];
  for (const code of pending) {
    for (const name of importedNames(code)) {
      for (const path of folders.map((folder) => modulesOf(folder, name)).find((paths) => paths.length > 0) ?? []) {
        if (found.has(path)) continue;
        const module = readFileSync(path, "utf8");
        found.set(path, module);
        pending.push(module);
      }
    }
  }
  return [...found.keys()].sort().map((path) => found.get(path)!);
}

const importedNames = (code: string): readonly string[] =>
  [...code.replaceAll(/\\\r?\n/g, " ").matchAll(IMPORTS)].flatMap(([, from, names]) =>
    from === undefined ? (names ?? "").split(",").map((name) => /\w*/.exec(name.trim())![0]) : [from],
  );

/** A package's files, or the one module. */
function modulesOf(folder: string, name: string): readonly string[] {
  if (name === "") return [];
  const inPackage = pythonFiles(join(folder, name));
  if (inPackage.length > 0) return inPackage;
  const module = join(folder, `${name}.py`);
  return statSync(module, { throwIfNoEntry: false })?.isFile() ? [module] : [];
}

function pythonFiles(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => join(entry.parentPath, entry.name));
}
