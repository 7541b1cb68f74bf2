/** The measurements that the project promises, each beside a yardstick taken in the same run. `make bench` */
import { dirname, join, resolve } from "node:path";
import { benchCompiling } from "./compiling.ts";
import { benchFlattening } from "./flattening.ts";
import { benchListing } from "./listing.ts";
import { benchLoading } from "./loading.ts";
import { benchPython } from "./python.ts";
import { benchRunning } from "./running.ts";
import { benchStructural, benchTesting } from "./testing.ts";

const root = process.cwd();
const ctf = resolve(join(root, "dist/cli/main.js"));
const wanted = process.argv.slice(2);
const parts = {
  listing: () => benchListing(ctf, dirname(join(root, "package.json"))),
  compiling: () => benchCompiling(ctf),
  running: () => benchRunning(ctf),
  testing: () => benchTesting(ctf),
  structural: () => benchStructural(ctf),
  loading: () => benchLoading(ctf),
  flattening: () => benchFlattening(ctf),
  python: () => benchPython(ctf),
} as const;

for (const [name, part] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) await part();
}
