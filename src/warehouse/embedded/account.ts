/**
 * PostgreSQL refuses to run as root. Where ctf itself does (a container, mostly), the server runs as an unprivileged
 * user that CTF makes once.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { noPermission } from "./codes.ts";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAME = "ctf-postgres";
const asOrdinaryUser = "Run ctf as an ordinary user, or give the target a url_env.";

/** Who the server has to run as; undefined when that is simply the user of ctf. Throws CTF907. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (process.platform !== "linux") {
    throw new DiagnosticError([
      noPermission({ message: "PostgreSQL does not run as root, and ctf runs as root.", hint: asOrdinaryUser }),
    ]);
  }
  let complaint = "";
  for (let attempt = 0; attempt < 5; attempt++) {
    const account = lookUp();
    if (account) return account;
    complaint = make();
    // Somebody else may be changing /etc/passwd, perhaps for the same purpose.
    if (!lookUp()) await sleep(200);
  }
  throw new DiagnosticError([
    noPermission({
      message: `ctf runs as root, and the user ${NAME} for PostgreSQL could not be made: ${complaint}`,
      hint: asOrdinaryUser,
    }),
  ]);
}

/** Whether that user can get into the folder. */
export function canEnter(folder: string, account: Account): boolean {
  const result = spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], { ...account, cwd: "/", stdio: "ignore" });
  if (result.error) {
    throw new DiagnosticError([
      noPermission({
        message: `ctf runs as root, but may not start a program as the user ${NAME}: ${result.error.message}`,
        hint: asOrdinaryUser,
      }),
    ]);
  }
  return result.status === 0;
}

function lookUp(): Account | undefined {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${NAME}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Makes the user with shadow's useradd or, on Alpine, busybox's adduser; gives the complaint of the last that failed. */
function make(): string {
  const shadow = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"];
  const attempts: [string, string[]][] = [
    ["useradd", [...shadow, "--shell", "/usr/sbin/nologin", NAME]],
    ["adduser", ["-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", NAME]],
  ];
  let complaint = "";
  for (const [program, args] of attempts) {
    const env = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
    const result = spawnSync(program, args, { encoding: "utf8", env });
    if (result.status === 0) return "";
    complaint ||= result.error?.message ?? result.stderr.trim();
  }
  return complaint;
}
