/** Servers with settings of their own, from the embedded packages: a primary, and copies of it. */
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { PostgresMajor } from "../../src/project/types.ts";
import { serverAccount } from "../../src/warehouse/embedded/account.ts";
import { findBinaries } from "../../src/warehouse/embedded/binaries.ts";
import { runnable } from "../../src/warehouse/embedded/programs.ts";
import { ensureServer, stopServer } from "../../src/warehouse/embedded/server.ts";
import { scratchProject } from "./project.ts";

export interface OwnServer {
  readonly dataDir: string;
  readonly url: string;
  /** As `url` says: user=… password=… */
  readonly conninfo: string;
  start(): Promise<void>;
  /** Cleanly, and waits for its end. */
  stop(): Promise<void>;
}

/** A server that writes what copies of it need. It does not run yet. */
export async function primary(major: PostgresMajor): Promise<OwnServer> {
  const { root } = scratchProject({});
  const name = { root, role: "scratch", major } as const;
  const { dataDir, url } = await ensureServer(name);
  await stopServer(name);
  return ownServer(dataDir, major, url);
}

/** A copy of a stopped server that follows it; with `restore_command` also from elsewhere, which may take its time. */
export async function standbyOf(
  server: OwnServer,
  major: PostgresMajor,
  { restoreCommand = "" }: { readonly restoreCommand?: string } = {},
): Promise<OwnServer> {
  const dataDir = `${server.dataDir}-standby-${restoreCommand === "" ? "hot" : "slow"}`;
  spawnSync("cp", ["-a", server.dataDir, dataDir]);
  writeFileSync(join(dataDir, "standby.signal"), "");
  appendFileSync(
    join(dataDir, "postgresql.auto.conf"),
    `primary_conninfo = '${server.conninfo}'\nrestore_command = '${restoreCommand}'\n`,
  );
  return ownServer(dataDir, major, server.url);
}

async function ownServer(dataDir: string, major: PostgresMajor, like: string): Promise<OwnServer> {
  const account = await serverAccount();
  const { folder } = runnable(await findBinaries(major, () => {}), account);
  const port = await freePort();
  const url = new URL(like);
  url.port = String(port);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    wal_level: "replica",
    hot_standby: "on",
    fsync: "off",
    max_wal_senders: "4",
    shared_buffers: "32MB",
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let end: () => Promise<void> = async () => {};
  return {
    dataDir,
    url: url.href,
    conninfo: `host=127.0.0.1 port=${port} user=${url.username} password=${url.password}`,
    async start() {
      const child = spawn(join(folder, "bin", "postgres"), ["-D", dataDir, "-p", String(port), ...given], {
        ...account,
        cwd: "/",
        env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
        stdio: ["ignore", "ignore", "pipe"],
      });
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
      end = async () => {
        child.kill("SIGINT");
        await ended;
      };
      onTestFinished(end);
      // It says so whatever it does next: let readers in, or replay its log first.
      await new Promise<void>((resolve, reject) => {
        let said = "";
        child.stderr.on("data", (text: Buffer) => {
          said += text.toString();
          if (/listening on IPv4|ready to accept/.test(said)) resolve();
        });
        void ended.then(() => reject(new Error(said)));
      });
    },
    stop: () => end(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
