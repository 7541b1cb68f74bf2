import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { homeAt, projectOf, SHARED_FOLDER } from "./home.ts";
import { runningPostmaster } from "./pidfile.ts";
import { signal } from "./process.ts";

/**
 * Stops servers outside of their project whose project was deleted: PostgreSQL notices by itself when its data are
 * gone, but these are not. The data stay; the folder may only be unmounted.
 */
export function stopAbandoned(): void {
  for (const name of readdirSync(SHARED_FOLDER)) {
    const folder = join(SHARED_FOLDER, name);
    const project = projectOf(folder);
    if (project === "" || existsSync(project)) continue;
    const postmaster = runningPostmaster(homeAt(folder).data);
    if (postmaster) signal(postmaster.pid, "SIGINT");
  }
}
