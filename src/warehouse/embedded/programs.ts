/** Puts PostgreSQL's programs where the server's user can run them, complete with their links. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { canEnter, type Account } from "./account.ts";
import { makeMissingLinks, type Binaries } from "./binaries.ts";
import { makeSharedFolder, SHARED_FOLDER } from "./home.ts";
import { cacheFolder } from "./install.ts";

/** The given binaries, or a copy of them that is made once for each version. */
export function runnable(binaries: Binaries, account: Account | undefined): Binaries {
  if (account && !canEnter(join(binaries.folder, "bin"), account)) {
    makeSharedFolder(SHARED_FOLDER);
    return copy(binaries, SHARED_FOLDER);
  }
  try {
    makeMissingLinks(binaries.folder);
    return binaries;
  } catch (error) {
    // Installed by somebody else, without its links, where we may not write.
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return copy(binaries, account ? SHARED_FOLDER : dirname(cacheFolder(binaries.version)));
  }
}

function copy(binaries: Binaries, parent: string): Binaries {
  const folder = join(parent, `programs-${binaries.version}`);
  if (!existsSync(folder)) {
    mkdirSync(parent, { recursive: true });
    const draft = mkdtempSync(`${folder}.`);
    const whole = join(draft, "native");
    cpSync(binaries.folder, whole, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith(".a"), // for linking other programs only
    });
    makeMissingLinks(whole);
    try {
      renameSync(whole, folder);
    } catch (error) {
      // Another process was faster.
      if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return { ...binaries, folder };
}
