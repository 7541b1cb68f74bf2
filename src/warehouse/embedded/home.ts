/**
 * Where a server lives: `.ctf/postgres` (durable) or `.ctf/scratch/18` in the project, with `data`, `server.log` and
 * the lock. When ctf runs as root and the server's user cannot get into the project, it lives in /var/lib/ctf-postgres
 * and the project has a link to it.
 */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { PostgresMajor } from "../../project/types.ts";
import { canEnter, type Account } from "./account.ts";
import { otherMajor } from "./codes.ts";

/** durable: holds target `local`. scratch: for checks and tests, with durability off. */
export type Role = "durable" | "scratch";

/** Names one server. `root` is the project's folder. */
export interface ServerName {
  readonly root: string;
  readonly role: Role;
  readonly major: PostgresMajor;
}

export interface Home {
  readonly folder: string;
  readonly data: string;
  readonly log: string;
}

/** For what cannot stay in a project that the server's user may not enter. */
export const SHARED_FOLDER = "/var/lib/ctf-postgres";

const place = ({ root, role, major }: ServerName): string =>
  role === "durable" ? join(root, ".ctf", "postgres") : join(root, ".ctf", "scratch", String(major));

/** The home of a server that has been started before. */
export function findHome(name: ServerName): Home | undefined {
  const path = place(name);
  return existsSync(path) ? homeAt(realpathSync(path)) : undefined;
}

/** The home of a server, made if it is not there. */
export function makeHome(name: ServerName, account: Account | undefined): Home {
  const path = place(name);
  mkdirSync(dirname(path), { recursive: true });
  const inPlace = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (account && !inPlace && !canEnter(dirname(path), account)) return displacedHome(name, path);
  mkdirSync(path, { recursive: true });
  return homeAt(realpathSync(path));
}

/** Throws CTF905 when the data directory belongs to another major; a data directory that is not there yet is fine. */
export function checkMajor(home: Home, { root, major }: ServerName): void {
  const file = join(home.data, "PG_VERSION");
  if (!existsSync(file)) return;
  const found = readFileSync(file, "utf8").trim();
  if (found === String(major)) return;
  throw new DiagnosticError([
    otherMajor({
      message: `The data in ${join(root, ".ctf", "postgres")} belongs to PostgreSQL ${found}; the project asks for ${major}.`,
      hint:
        `Put "postgres: ${found}" into ctf.yaml to go on with it, or stop the server (ctf db stop), ` +
        `move the folder aside (mv .ctf/postgres .ctf/postgres-${found}) and run the pipelines again.`,
    }),
  ]);
}

export const homeAt = (folder: string): Home => ({
  folder,
  data: join(folder, "data"),
  log: join(folder, "server.log"),
});

function displacedHome(name: ServerName, path: string): Home {
  const root = realpathSync(name.root);
  const digest = createHash("sha256").update(`${root}\0${name.role}\0${name.major}`).digest("hex").slice(0, 16);
  const own = join(SHARED_FOLDER, digest);
  if (lstatSync(path, { throwIfNoEntry: false })) {
    const target = readlinkSync(path);
    if (existsSync(target) && (target === own || projectOf(target) === root || !existsSync(projectOf(target)))) {
      writeFileSync(join(target, "project"), root); // the project may have been moved here
      return homeAt(target);
    }
    rmSync(path); // dangling, or the copy of another project's link: that server is not ours
  }
  makeSharedFolder(own);
  writeFileSync(join(own, "project"), root);
  symlinkSync(own, path);
  return homeAt(own);
}

/** A folder below SHARED_FOLDER, which everybody may enter whatever the umask. */
export function makeSharedFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const path of [SHARED_FOLDER, folder]) chmodSync(path, 0o755);
}

/** The project whose server lives in that folder; "" when it is none of these folders. */
export const projectOf = (home: string): string => {
  const file = join(home, "project");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
