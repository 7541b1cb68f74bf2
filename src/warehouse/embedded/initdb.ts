/** Makes a data directory. It gets its name only when it is whole, so a killed ctf leaves nothing half-done behind. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { PostgresMajor } from "../../project/types.ts";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { diskFull, initFailed } from "./codes.ts";
import type { Home, Role } from "./home.ts";

export const SUPERUSER = "postgres";
const DRAFT = "init-";
const PASSWORD_FILE = "ctf_password";

/** The password of the server's roles, kept in its data directory: the two come and go together. */
export const readPassword = (home: Home): string => readFileSync(join(home.data, PASSWORD_FILE), "utf8");

/** Only under the server's lock. Throws CTF903, CTF906. */
export async function makeDataDirectory(
  home: Home,
  { role, major }: { readonly role: Role; readonly major: PostgresMajor },
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  for (const name of readdirSync(home.folder)) {
    if (name.startsWith(DRAFT)) rmSync(join(home.folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const draft = mkdtempSync(join(home.folder, DRAFT));
  const data = join(draft, "data");
  const password = join(draft, "password");
  writeFileSync(password, randomBytes(24).toString("base64url"), { mode: 0o600 });
  if (account) for (const path of [draft, password]) chownSync(path, account.uid, account.gid);

  const shared = ["-D", data, "-U", SUPERUSER, "-A", "scram-sha-256", `--pwfile=${password}`, "-E", "UTF8"];
  const speed = role === "scratch" ? ["--no-sync"] : [];
  const run = (locale: readonly string[]): Promise<string | undefined> =>
    initdb(binaries, [...shared, ...speed, ...locale, "--no-instructions"], account);

  let complaint: string | undefined;
  if (major >= 17) {
    complaint = await run(["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]);
  } else {
    complaint = await run(["--locale=C.UTF-8"]);
    // Not every system has that locale; C sorts the same and differs only in what counts as a letter.
    if (complaint?.includes("invalid locale")) complaint = await run(["--locale=C"]);
  }
  if (complaint !== undefined) {
    rmSync(draft, { recursive: true, force: true });
    throw new DiagnosticError([
      complaint.includes("No space left on device")
        ? diskFull({ message: `The disk of ${home.folder} is full: no data directory could be made.` })
        : initFailed({ message: `PostgreSQL's initdb failed in ${home.folder}: ${complaint}` }),
    ]);
  }
  renameSync(password, join(data, PASSWORD_FILE));
  renameSync(data, home.data);
  rmSync(draft, { recursive: true, force: true });
}

/** undefined, or the last lines of what it complained about. */
async function initdb(
  binaries: Binaries,
  args: readonly string[],
  account: Account | undefined,
): Promise<string | undefined> {
  try {
    await promisify(execFile)(join(binaries.folder, "bin", "initdb"), args, {
      ...account,
      cwd: "/",
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return (stderr || message).trim().split("\n").slice(-4).join(" ");
  }
}
