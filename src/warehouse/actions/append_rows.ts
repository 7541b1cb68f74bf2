import { createHash } from "node:crypto";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { FoundFile } from "../../files/types.ts";
import type { AppendRows, FileRows } from "../../plan/types.ts";
import { tableText, type TableOutput } from "../../project/types.ts";
import { buildNumber, countsOf, type Build } from "../build/build.ts";
import { buildTable } from "../build/make.ts";
import type { Purpose } from "../build/purpose.ts";
import { refuseOtherKinds } from "../introspect/existing.ts";
import { fileChanged } from "../load/codes.ts";
import { appendDocuments } from "../flatten/append.ts";
import { fromFiles } from "../load/filler.ts";
import { filesOf } from "../load/load.ts";
import { restrictRejects } from "../load/rejects.ts";
import { addRows } from "../publish/add_rows.ts";
import { refuseDifference } from "../publish/difference.ts";
import { readRelation } from "../publish/relation.ts";
import { settle } from "../publish/settle.ts";
import { publishSwap } from "../publish/swap.ts";
import { appended, forgetFiles, knownFiles, type KnownFile } from "../records/loaded_file.ts";
import { started, succeeded } from "../records/transform_run.ts";
import { runSteps } from "../session/steps.ts";
import type { Done, Work } from "../work.ts";
import { earlierBuild } from "./build_table.ts";

/** Adds the rows of what was not there before. The first run makes the table. */
export async function appendRows(work: Work, { output, rows }: AppendRows): Promise<Done> {
  return rows.type === "files" ? appendFiles(work, output, rows) : appendDocuments(work, output, rows);
}

async function appendFiles(work: Work, output: TableOutput, rows: FileRows): Promise<Done> {
  const old = await readRelation(work.client, output);
  refuseOtherKinds(work, output, old);
  if (old) await refuseDifference(work, output);
  const purpose: Purpose = old ? { type: "merge", keys: [], beside: output } : { type: "publish", old };
  const earlier = await earlierBuild(work, purpose.type);
  if (earlier) return publish(work, output, earlier, 0);

  const all = await filesOf(work, rows);
  const files = old ? await newFiles(work, output, all) : all;
  const filesSkipped = all.length - files.length;
  if (files.length === 0) {
    await restrictRejects(work, rows, output);
    await runSteps(work, [started(work.record, null), succeeded(work.record)]);
    return { counts: { rows: 0, read: 0, rejected: 0, filesSkipped } };
  }
  const number = await buildNumber(work);
  const build = await buildTable(work, rows, output, number, purpose, fromFiles(rows, output, purpose, files));
  return publish(work, output, build, filesSkipped);
}

async function publish(work: Work, output: TableOutput, build: Build, filesSkipped: number): Promise<Done> {
  const counts = { rows: build.rows, ...countsOf(build), filesSkipped };
  const files = build.loaded?.files ?? [];
  if (build.purpose === "publish") {
    await publishSwap(work, output, build, [forgetFiles(output), appended(work, output, files)]);
    return { counts };
  }
  await addRows(work, output, build, [appended(work, output, files)]);
  await settle(work, output);
  return { counts };
}

/** Those that are not in the table yet. @throws DiagnosticError naming those that changed since they were loaded */
async function newFiles(work: Work, output: TableOutput, files: readonly FoundFile[]): Promise<readonly FoundFile[]> {
  const known = await knownFiles(work, output);
  const changed: string[] = [];
  const fresh: FoundFile[] = [];
  for (const file of files) {
    const before = known.get(file.path);
    if (!before) fresh.push(file);
    else if (!(await isSame(work, file, before))) changed.push(file.path);
  }
  if (changed.length === 0) return fresh;
  throw new DiagnosticError(
    changed.map((path) =>
      fileChanged({
        message: `${path} was loaded into ${tableText(output)} before, and has other bytes now`,
        span: work.span,
        hint: `Give the new file another name; or delete its old rows and its line (DELETE FROM ctf.loaded_file WHERE output = '${tableText(output)}' AND path = …), and it is loaded again; or use "mode: replace".`,
      }),
    ),
  );
}

async function isSame(work: Work, file: FoundFile, before: KnownFile): Promise<boolean> {
  if (file.size !== before.size) return false;
  const hash = createHash("sha256");
  for await (const chunk of file.open(work.signal)) hash.update(chunk as Uint8Array);
  return hash.digest("hex") === before.checksum;
}
