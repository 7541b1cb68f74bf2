/** `ctf init` */
import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { writeNewFiles } from "../../project/write/new_files.ts";
import { copySchemas } from "../../project/write/schemas.ts";
import { starterFiles } from "../../project/write/starter.ts";
import { folderNotEmpty } from "./codes.ts";
import { plainName } from "./plain_name.ts";

export function initProject(cwd: string, folder: string): { readonly name: string; readonly files: readonly string[] } {
  const root = resolve(cwd, folder);
  // A fresh repository is empty enough.
  const inside = existsSync(root) ? readdirSync(root).filter((name) => name !== ".git") : [];
  if (inside.length > 0) {
    const some = inside.length > 3 ? `${inside.slice(0, 3).join(", ")} …` : inside.join(", ");
    throw new DiagnosticError([
      folderNotEmpty({
        message: `${folder} is not empty (${some})`,
        hint: "Name a folder that is not there yet: ctf init NAME",
      }),
    ]);
  }
  const name = projectName(basename(root));
  const files = starterFiles(name);
  writeNewFiles(root, files);
  copySchemas(root);
  return { name, files: Object.keys(files) };
}

/** It names the local database too, so it is kept plain. */
function projectName(folder: string): string {
  const plain = plainName(folder).slice(0, 63);
  return /^[a-z]/.test(plain) ? plain : `warehouse_${plain}`.replace(/_$/, "");
}
