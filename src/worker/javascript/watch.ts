/** When CTF goes away, the worker dies, whatever it is busy with, and so does all that it started. */
import { once } from "node:events";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";

/**
 * A thread, for a loop of the person's own lets nothing else run in the main one. It waits for the end of descriptor 3, whose
 * other end only CTF has, and removes the socket and its folder, which CTF does itself while it lives.
 */
const PROGRAM = `
  const { Socket } = require("node:net");
  const { rmSync } = require("node:fs");
  const { parentPort, workerData } = require("node:worker_threads");
  const pipe = new Socket({ fd: 3 });
  pipe.resume();
  pipe.on("error", () => {});
  pipe.once("close", () => {
    rmSync(workerData, { recursive: true, force: true });
    process.kill(-process.pid, "SIGKILL");
  });
  parentPort.postMessage("watching");
`;

/** `path`: the socket where CTF listens. */
export async function dieWith(path: string): Promise<void> {
  const thread = new Worker(PROGRAM, { eval: true, execArgv: [], workerData: dirname(path) });
  await once(thread, "message");
  thread.unref();
}
