import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import { withLock } from "../../src/warehouse/embedded/lock.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** The compiled `dist` of the sources as they are, made once for each `vitest run` by the first test that needs it. */
export async function compiled(): Promise<string> {
  const folder = join(inject("testFolder"), "compiled");
  mkdirSync(folder, { recursive: true });
  return withLock(folder, async () => {
    const dist = join(folder, "dist");
    if (existsSync(dist)) return dist;
    for (const name of ["package.json", "node_modules", "python"])
      symlinkSync(join(repository, name), join(folder, name));
    // Type errors are for `npm run typecheck` to report; here only the output counts.
    execFileSync(process.execPath, [join(repository, "scripts/bundle.mjs"), dist]);
    return dist;
  });
}
