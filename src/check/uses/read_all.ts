/** Parses many files at once. PostgreSQL's parser is one library a thread, so more threads parse more files. */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { readText } from "../../project/files.ts";
import { packageFolder } from "../../project/package.ts";
import { loadParser } from "../../sql/parser.ts";
import { readContents } from "./read.ts";
import { catalogOf, type Tables } from "./tables.ts";
import type { Contents, SqlFile } from "./types.ts";

/** A thread needs as long to begin as it takes to parse so many files. */
const WORTH_A_THREAD = 800;
const MOST_THREADS = 4;

/** What is in each file, in their order. */
export async function readAll(root: string, files: readonly SqlFile[], tables: Tables): Promise<readonly Contents[]> {
  if (files.length === 0) return [];
  const threads = Math.min(threadsHere(), Math.ceil(files.length / WORTH_A_THREAD));
  const size = Math.ceil(files.length / threads);
  const parts = Array.from({ length: threads }, (_, i) => files.slice(i * size, (i + 1) * size));
  const [own, ...others] = parts;
  const elsewhere = others.map((part) => inThread(root, part, tables));
  const all = await Promise.all([readHere(root, own!, tables), ...elsewhere]);
  return all.flat();
}

/** Run from its sources, as tests do, Node can't start a thread on them. */
const threadsHere = (): number =>
  import.meta.url.endsWith(".ts") ? 1 : Math.min(availableParallelism(), MOST_THREADS);

export async function readHere(root: string, files: readonly SqlFile[], tables: Tables): Promise<readonly Contents[]> {
  const catalog = catalogOf(tables);
  const all: Contents[] = [];
  for (const { file, holds } of files) {
    // A file that is nested too deeply costs a parser, and then a new one has to be waited for.
    await loadParser();
    const text = readText(join(root, file));
    all.push(readContents({ file, text, line: 1, column: 1 }, holds, catalog));
  }
  return all;
}

async function inThread(root: string, files: readonly SqlFile[], tables: Tables): Promise<readonly Contents[]> {
  const thread = new Worker(new URL("dist/check/thread.js", packageFolder), { workerData: { root, files, tables } });
  const [contents] = (await once(thread, "message")) as [readonly Contents[]];
  return contents;
}
