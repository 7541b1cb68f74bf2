import { readFileSync } from "node:fs";
import { packageFolder } from "./package.ts";

/** CTF's own version, from its package.json. */
export const VERSION = (JSON.parse(readFileSync(new URL("package.json", packageFolder), "utf8")) as { version: string })
  .version;
