/**
 * CTF's own Python code in a project's environment. A run brings it along; editors, and pytest for its fixtures, find it there
 * as a package that lies elsewhere.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../project/version.ts";
import { pythonFolder } from "../environment.ts";

const PTH = "ctf_transforms.pth";
/** The same as in python/pyproject.toml. */
const PLUGIN = "ctf.testing.plugin";

/** Written anew at each sync, as this is in no lock: uv takes out what it finds by its RECORD. */
export function installOwnCode(sitePackages: string): void {
  const folder = `ctf_transforms-${VERSION}.dist-info`;
  const files: Readonly<Record<string, string>> = {
    [PTH]: `${pythonFolder()}\n`,
    [`${folder}/METADATA`]: `Metadata-Version: 2.1\nName: ctf-transforms\nVersion: ${VERSION}\n`,
    [`${folder}/INSTALLER`]: "ctf\n",
    [`${folder}/entry_points.txt`]: `[pytest11]\n${PLUGIN} = ${PLUGIN}\n`,
  };
  const record = [...Object.keys(files), `${folder}/RECORD`].map((file) => `${file},,\n`).join("");
  mkdirSync(join(sitePackages, folder), { recursive: true });
  for (const [file, text] of Object.entries({ ...files, [`${folder}/RECORD`]: record })) {
    writeFileSync(join(sitePackages, file), text);
  }
}
