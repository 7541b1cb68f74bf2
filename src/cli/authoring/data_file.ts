/** A file with data where a command takes another name: what to write so that CTF reads it. */
import { statSync } from "node:fs";
import { basename, relative, sep } from "node:path";
import { plainName } from "./plain_name.ts";

export const isDataFile = (path: string): boolean =>
  !/\.ya?ml$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** A source's name for it, and the item of a sources file that declares it. */
export function sourceOf(root: string, path: string): { readonly name: string; readonly item: string } {
  const name = plainName(basename(path).replace(/\..*$/, "")) || "NAME";
  const file = relative(root, path).replaceAll(sep, "/");
  return { name, item: `- {name: ${name}, file: ${JSON.stringify(file)}}` };
}
