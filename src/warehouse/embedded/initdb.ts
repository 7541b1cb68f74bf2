/** Makes a data directory. It gets its name only when it is whole, so a killed ctf leaves nothing half-done behind. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
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
      complaint.includes("No space left on device") || room(home.folder) < NEEDED
        ? diskFull({ message: `The disk of ${home.folder} is full: no data directory could be made.` })
        : initFailed({
            message: `PostgreSQL's initdb failed in ${home.folder}: ${complaint}`,
            // Some containers run under a number that nobody gave a name.
            ...(complaint.includes("could not look up effective user ID") && {
              hint: `PostgreSQL wants the user that it runs as to have a name: give user ${account?.uid ?? process.geteuid!()} a line in /etc/passwd, or run ctf as another user.`,
            }),
          }),
    ]);
  }
  renameSync(password, join(data, PASSWORD_FILE));
  renameSync(data, home.data);
  rmSync(draft, { recursive: true, force: true });
}

/** What a new data directory takes, in bytes. PostgreSQL's last lines are not always about the full disk that stopped it. */
const NEEDED = 64 * 1024 ** 2;

function room(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** undefined, or the last lines of what it complained about. */
function initdb(
  binaries: Binaries,
  args: readonly string[],
  account: Account | undefined,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(join(binaries.folder, "bin", "initdb"), args, {
      ...account,
      cwd: "/",
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      detached: true, // Ctrl-C in the terminal is for ctf alone, which then says so itself
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(said.trim().split("\n").slice(-4).join(" ") || `it ended with ${signal ?? code}`);
    });
  });
}
