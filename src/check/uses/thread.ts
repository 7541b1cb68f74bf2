/** What a thread of `read_all.ts` does: its share of the files. */
import { parentPort, workerData } from "node:worker_threads";
import { readHere } from "./read_all.ts";
import type { Tables } from "./tables.ts";
import type { SqlFile } from "./types.ts";

interface Work {
  readonly root: string;
  readonly files: readonly SqlFile[];
  readonly tables: Tables;
}

const { root, files, tables } = workerData as Work;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort!.postMessage(await readHere(root, files, tables));
