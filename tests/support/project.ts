import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inject, onTestFinished, TestRunner } from "vitest";
import { serverStatus, stopServer, type ServerName } from "../../src/warehouse/embedded/server.ts";
import { majors } from "./servers.ts";

export interface ScratchProject {
  readonly root: string;
  /** Stops the project's servers and deletes it. */
  remove(): Promise<void>;
}

/**
 * A project folder with these files (and a ctf.yaml, unless it is among them), removed at the end of the test.
 * In beforeAll there is no such end: call remove() in afterAll.
 */
export function scratchProject(files: Readonly<Record<string, string>>): ScratchProject {
  const root = mkdtempSync(join(inject("testFolder"), "project-"));
  chmodSync(root, 0o755);
  for (const [path, text] of Object.entries({ "ctf.yaml": "ctf: 1\nproject: test\n", ...files })) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const remove = async (): Promise<void> => {
    const servers: readonly ServerName[] = [
      { root, role: "durable", major: 18 },
      ...majors.map((major) => ({ root, role: "scratch", major }) as const),
    ];
    for (const server of servers) {
      const { dataDir } = serverStatus(server);
      await stopServer(server);
      // Outside of the project, when root runs the tests.
      if (dataDir && !dataDir.startsWith(root)) rmSync(dirname(dataDir), { recursive: true, force: true });
    }
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  if (TestRunner.getCurrentTest()) onTestFinished(remove);
  return { root, remove };
}
