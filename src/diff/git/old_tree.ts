/**
 * A project's folder as it was: beside the user's, who keeps theirs untouched. What has not changed is linked to, so it costs
 * as much as the changes are large.
 */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { ChangedFile } from "./changed_files.ts";
import { readBlobs } from "./changed_files.ts";

/** Hands over the root of the old tree, and removes it when the work is done. */
export async function withOldTree<T>(
  root: string,
  changed: readonly ChangedFile[],
  links: readonly string[],
  work: (oldRoot: string) => Promise<T>,
): Promise<T> {
  const blobs = await readBlobs(
    root,
    changed.flatMap(({ before }) => before ?? []),
  );
  const oldRoot = mkdtempSync(join(tmpdir(), "ctf-before-"));
  try {
    const paths = new Set(changed.map(({ path }) => path));
    // A link is made again, so that it leads to what was there then.
    copyUnchanged(root, oldRoot, "", paths, foldersOf([...paths, ...links]));
    for (const { path, before, isLink } of changed) {
      if (before === undefined) continue;
      const file = join(oldRoot, path);
      mkdirSync(dirname(file), { recursive: true });
      if (isLink) symlinkSync(blobs.get(before)!.toString("utf8"), file);
      else writeFileSync(file, blobs.get(before)!);
    }
    keepWhatIsKnown(root, oldRoot);
    return await work(oldRoot);
  } finally {
    rmSync(oldRoot, { recursive: true, force: true });
  }
}

/** The folders that these lie in, at whatever depth. */
function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) folders.add(path.slice(0, at));
  }
  return folders;
}

function copyUnchanged(
  root: string,
  oldRoot: string,
  folder: string,
  changed: ReadonlySet<string>,
  folders: ReadonlySet<string>,
): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (changed.has(path) || path === ".git" || path === ".ctf") continue;
    const [from, to] = [join(root, path), join(oldRoot, path)];
    if (entry.isDirectory() && folders.has(path)) {
      mkdirSync(to);
      copyUnchanged(root, oldRoot, path, changed, folders);
    } else if (entry.isSymbolicLink()) symlinkSync(leadingTo(root, from), to);
    else if (entry.isFile() && IS_CODE.test(entry.name)) {
      // Whoever lists a package's modules passes links over.
      copyFileSync(from, to);
    } else symlinkSync(from, to);
  }
}

/** A link within the project leads within the old one; any other leads where it does. */
function leadingTo(root: string, link: string): string {
  const text = readlinkSync(link);
  const target = resolve(dirname(link), text);
  return isAbsolute(text) || relative(root, target).startsWith("..") ? target : text;
}

const IS_CODE = /\.(ya?ml|sql|py)$/i;

/** What is known of definitions and SQL by their content is true of the old ones, too. Such files are never changed in place. */
function keepWhatIsKnown(root: string, oldRoot: string): void {
  for (const folder of [".ctf/cache/definitions", ".ctf/cache/uses"]) {
    const [from, to] = [join(root, folder), join(oldRoot, folder)];
    mkdirSync(to, { recursive: true });
    try {
      for (const name of readdirSync(from)) linkOrCopy(join(from, name), join(to, name));
    } catch {
      // Nothing is known yet, or it is just being written: then it is found out anew.
    }
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
