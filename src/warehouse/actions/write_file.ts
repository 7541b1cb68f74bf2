/** A file of the rows that a python function returns. It gets its name when it is whole. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { WriteFile } from "../../plan/types.ts";
import type { FileOutput } from "../../project/types.ts";
import { rowsOf } from "../session/batch.ts";
import { failOn } from "../build/monitors.ts";
import { fileNotWritten } from "../codes.ts";
import { started, succeeded } from "../records/transform_run.ts";
import { runSteps } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";

/** Where the rows are written first, and what is done when they are whole and have passed the monitors. */
interface Destination {
  readonly draft: string;
  publish(): Promise<void>;
  clear(): void;
}

export async function writeFile(work: Work, { call, output }: WriteFile): Promise<Done> {
  await runSteps(work, [started(work.record, null)]);
  work.enter("build");
  let destination: Destination | undefined;
  try {
    destination = output.path.startsWith("s3://") ? onS3(work, output) : onDisk(work, output);
    const { rows } = await work.python.file(work, call, output, destination.draft);
    await failOn(work, output, rows, await rowsBefore(work, output));
    work.signal.throwIfAborted();
    work.enter("publish");
    await destination.publish();
    await runSteps(work, [succeeded(work.record)]);
    return { counts: { rows } };
  } catch (error) {
    throw refusal(error, work, output);
  } finally {
    destination?.clear();
  }
}

/** In the same folder, so that its name is changed in one step, and readers see the old file or the new one. */
function onDisk(work: Work, { path }: FileOutput): Destination {
  const target = resolve(work.root, path);
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  const prefix = `.${basename(target)}.ctf-`;
  // What a run left that was killed.
  for (const name of readdirSync(folder)) if (name.startsWith(prefix)) rmSync(join(folder, name), { force: true });
  const draft = join(folder, `${prefix}${work.record.run}`);
  return {
    draft,
    async publish() {
      await rename(draft, target);
      const handle = await open(folder, "r");
      await handle.sync().finally(() => handle.close());
    },
    clear: () => rmSync(draft, { force: true }),
  };
}

/** S3 shows an upload only when it is complete. The draft of a run that was killed is overwritten by the next. */
function onS3(work: Work, { path }: FileOutput): Destination {
  const folder = join(work.root, ".ctf", "drafts");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, work.planned.id);
  return {
    draft,
    async publish() {
      const { putFile } = await import("../../files/s3/write.ts");
      await putFile(draft, path, work.signal);
    },
    clear: () => rmSync(draft, { force: true }),
  };
}

/** What the operating system refused, in words; other errors stay what they are. */
function refusal(error: unknown, work: Work, output: FileOutput): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const message = `${output.path} can't be written: ${reasons[code] ?? code}`;
  return new DiagnosticError([fileNotWritten({ message, span: work.span })]);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EISDIR: "it is a folder",
  ENOTDIR: "what should be its folder is a file",
  EEXIST: "what should be its folder is a file",
};

/** The rows of the file that is there, as the last run that wrote it recorded them. */
async function rowsBefore(work: Work, { path }: FileOutput): Promise<number | undefined> {
  if (work.planned.monitors.every((monitor) => monitor.change === undefined)) return undefined;
  const [row] = await rowsOf(
    work.client,
    `SELECT t.row_count AS rows FROM ctf.transform_run t
      WHERE t.transform = $1 AND $2 = ANY (t.outputs) AND t.status = 'succeeded' AND t.row_count IS NOT NULL ORDER BY t.run DESC LIMIT 1`,
    [work.planned.id, path],
  );
  return row?.["rows"] as number | undefined;
}
