/** Which files of a project are not as in a commit: changed, added or removed, committed or not. */
import { gitOutput, parts } from "./process.ts";

export interface ChangedFile {
  /** From the project's root. */
  readonly path: string;
  /** Its content then; absent if it is new. */
  readonly before?: string;
  readonly isLink?: true;
}

/** Whatever else a repository holds has no part in a project. */
const isOurs = (path: string): boolean => /\.(ya?ml|sql|py)$/i.test(path) || path === "requirements.lock";

/** Those that CTF reads, with files that git does not know yet and without those that it ignores. */
export async function changedFiles(root: string, commit: string): Promise<readonly ChangedFile[]> {
  const [raw, untracked] = await Promise.all([
    gitOutput(root, [
      "diff",
      "--raw",
      "-z",
      "--no-renames",
      "--no-abbrev",
      "--relative",
      "--no-ext-diff",
      "--ignore-submodules",
      commit,
      "--",
      ".",
    ]),
    gitOutput(root, ["ls-files", "-z", "--others", "--exclude-standard", "--", "."]),
  ]);
  const found = new Map<string, ChangedFile>();
  const fields = parts(raw);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [mode = "", , before = ""] = fields[i]!.slice(1).split(" ");
    const path = fields[i + 1]!;
    const wasThere = !/^0+$/.test(mode) && mode !== SUBMODULE;
    if (isOurs(path)) found.set(path, { path, ...(wasThere && { before }), ...(mode === LINK && { isLink: true }) });
  }
  // Removed from the index and kept on disk: its old content is known already.
  for (const path of parts(untracked)) if (isOurs(path) && !found.has(path)) found.set(path, { path });
  return [...found.values()];
}

const LINK = "120000";
const SUBMODULE = "160000";

/** The contents of these blobs, by their ids, from one process. */
export async function readBlobs(root: string, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(ids)];
  const blobs = new Map<string, Buffer>();
  if (wanted.length === 0) return blobs;
  const answer = await gitOutput(root, ["cat-file", "--batch"], `${wanted.join("\n")}\n`);
  let at = 0;
  for (const id of wanted) {
    // `<id> blob <size>`, the content, a line feed.
    const end = answer.indexOf(10, at);
    const size = Number(/ blob (\d+)$/.exec(answer.toString("latin1", at, end))?.[1]);
    if (Number.isNaN(size)) throw new Error(`git has lost an object of the commit: ${id}`);
    blobs.set(id, answer.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return blobs;
}
