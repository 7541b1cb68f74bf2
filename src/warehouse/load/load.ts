/** Files into a table without losing a row: each is loaded, or rejected and kept with its reason. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { findFiles } from "../../files/find.ts";
import type { FoundFile } from "../../files/types.ts";
import type { FileRows } from "../../plan/types.ts";
import { tableText } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { sqlstate } from "../errors.ts";
import { identifier, qualified } from "../names.ts";
import { explainError, inPhase, runSteps, tableOrigin } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { classify, unsetClasses } from "./classes.ts";
import { rowsLost } from "./codes.ts";
import { emptied, loadFile, type Loading, type LoadedFile } from "./file.ts";
import { openRejects } from "./rejects.ts";
import { judge, Tally } from "./tally.ts";
import { addKeys, finishTarget, type Target } from "./target.ts";
import { lookInto, type FileToLoad } from "./wanted.ts";

export interface Loaded {
  readonly read: number;
  readonly rows: number;
  readonly rejected: number;
  readonly files: readonly LoadedFile[];
}

/** The files of a load. @throws DiagnosticError where a pattern matches none */
export const filesOf = (work: Work, rows: FileRows): Promise<readonly FoundFile[]> =>
  findFiles(rows.patterns, { root: work.root, env: work.env, source: rows.source, span: work.span });

/** What can be found wrong before a row is read. @throws DiagnosticError */
export async function prepareFiles(
  work: Work,
  rows: FileRows,
  output: Target["output"],
  files: readonly FoundFile[],
): Promise<readonly FileToLoad[]> {
  const classes = classify(
    work,
    rows,
    files.map(({ path }) => path),
  );
  return lookInto(work, rows, { output }, files, classes);
}

/**
 * Fills the target, which is empty, and puts its keys on it. The caller's transaction is open.
 * @throws DiagnosticError with nothing loaded, but with the rejects kept, when there are more than allowed
 */
export async function loadFiles(
  work: Work,
  rows: FileRows,
  target: Target,
  files: readonly FileToLoad[],
): Promise<Loaded> {
  const rejects = await openRejects(work, rows, target.output, target.beside === undefined);
  const tally = new Tally();
  const total = files.reduce((bytes, { file }) => bytes + file.size, 0);
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
    work.progress(bytes, total, "bytes");
  };
  const all = async (keyed: boolean): Promise<readonly LoadedFile[]> => {
    const loading: Loading = { work, rows, target, rejects, tally, keyed, onBytes };
    const loaded: LoadedFile[] = [];
    for (const file of files) loaded.push(await loadFile(loading, file, summed(loaded).rows === 0));
    return loaded;
  };
  await batch(work.client, [{ text: "SAVEPOINT ctf_load" }]);
  let loaded = await all(false);
  if (!(await keysHold(work, target))) {
    // Once more, with the keys from the start, so that it is known which rows have one that is there already.
    await batch(work.client, [{ text: "ROLLBACK TO SAVEPOINT ctf_load" }]);
    await emptied(work, target);
    await rejects.restart();
    tally.clear();
    bytes = 0;
    await runSteps(work, inPhase("build", addKeys(target), tableOrigin(target.output, work.span)));
    loaded = await all(true);
  }
  const given = new Set(files.flatMap(({ columns }) => columns));
  const classified = new Set(files.flatMap((file) => Object.keys(file.classified)));
  await runSteps(work, [
    ...inPhase("build", unsetClasses(target, classified)),
    ...inPhase("constrain", finishTarget(target, new Set([...given, ...classified]))),
  ]);
  const sums = summed(loaded);
  assertNoneLost(work, target, sums);
  await rejects.keep(sums.read, sums.rejected);
  judge(work, rows, target.output, sums.read, tally);
  return { ...sums, files: loaded };
}

const summed = (files: readonly LoadedFile[]) => ({
  read: files.reduce((sum, { read }) => sum + read, 0),
  rows: files.reduce((sum, { rows }) => sum + rows, 0),
  rejected: files.reduce((sum, { rejected }) => sum + rejected, 0),
});

/** Puts the keys on the table. false where rows come twice. */
async function keysHold(work: Work, target: Target): Promise<boolean> {
  work.enter("constrain");
  const [add] = addKeys(target);
  if (!add) return true;
  await batch(work.client, [{ text: "SAVEPOINT ctf_keys" }]);
  try {
    await batch(work.client, [add]);
  } catch (error) {
    if (sqlstate(error) !== "23505") throw explainError(error, tableOrigin(target.output, work.span));
    await batch(work.client, [{ text: "ROLLBACK TO SAVEPOINT ctf_keys" }]);
    return false;
  }
  return !(await knownBeside(work, target));
}

/** Whether the published table, to which the rows are to be added, has one of their keys. */
async function knownBeside(work: Work, { table, beside, keys }: Target): Promise<boolean> {
  if (!beside) return false;
  for (const { columns, nullsNotDistinct } of keys) {
    const is = nullsNotDistinct ? "IS NOT DISTINCT FROM" : "=";
    const same = columns.map((column) => `o.${identifier(column)} ${is} n.${identifier(column)}`).join(" AND ");
    const [row] = await rowsOf(
      work.client,
      `SELECT EXISTS (SELECT FROM ${qualified(table)} n JOIN ${qualified(beside)} o ON ${same}) AS known`,
    );
    if (row?.["known"]) return true;
  }
  return false;
}

/** Rows read = rows loaded (as the server counted them) + rows rejected. */
function assertNoneLost(work: Work, target: Target, { read, rows, rejected }: Omit<Loaded, "files">): void {
  if (read === rows + rejected) return;
  const message = `${tableText(target.output)}: ${read} rows were read, but ${rows} loaded and ${rejected} rejected`;
  throw new DiagnosticError([rowsLost({ message, span: work.span, hint: "Nothing was loaded. Please report this." })]);
}
