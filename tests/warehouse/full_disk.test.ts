/** A disk on which not a byte is left. Only root may make one small enough. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureServer, serverStatus, stopServer } from "../../src/warehouse/embedded/server.ts";
import { scratchProject } from "../support/project.ts";

const canMount = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "true"]).status === 0;

test.runIf(canMount)("a server is stopped all the same", async () => {
  const { root } = scratchProject({});
  const disk = join(root, ".ctf");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=120m,mode=755", "tmpfs", disk]);
  onTestFinished(() => void execFileSync("umount", ["--lazy", disk]));
  const name = { root, role: "scratch", major: 18 } as const;
  await ensureServer(name);
  const fill = (file: string, size: number): void => {
    try {
      for (;;) writeFileSync(join(disk, file), Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
    }
  };
  fill("rest", 1_000_000);
  fill("crumbs", 100);
  expect(await stopServer(name)).toBe(true);
  expect(serverStatus(name).state).toBe("stopped");
});
