/** `ctf --version`, and `ls` and `check` on large projects. The yardstick reads and parses the same YAML, nothing else. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeProject } from "./generate_project.ts";
import { measure, print, seconds, type Line, type Measured } from "./measure.ts";

const yardstick = `
  import { readFileSync, readdirSync } from "node:fs";
  import { load } from "js-yaml";
  for (const file of readdirSync("pipelines", { recursive: true })) {
    if (file.endsWith(".sql")) readFileSync("pipelines/" + file);
    if (file.endsWith(".yaml")) load(readFileSync("pipelines/" + file, "utf8"));
  }`;

/** `check` is its static part: every SELECT parsed, and what it reads compared with what is declared. */
const PROMISED = {
  ls: { few: "0.4 s", cold: "1.5 s, 250 MB", unchanged: "0.5 s, 250 MB", changed: "0.6 s, 250 MB" },
  check: { few: "0.7 s", cold: "2.5 s, 400 MB", unchanged: "0.5 s, 400 MB", changed: "0.7 s, 400 MB" },
} as const;

export function benchListing(ctf: string, projectRoot: string): void {
  const node = process.execPath;
  const lines: Line[] = [];
  const line = (what: string, measured: Measured, bare: Measured | undefined, promised: string) =>
    lines.push({
      what,
      measured: `${seconds(measured.seconds)}, ${Math.round(measured.peakMb)} MB`,
      yardstick: bare ? seconds(bare.seconds) : "",
      ratio: bare ? (measured.seconds / bare.seconds).toFixed(2) : "",
      promised,
    });
  const bareNode = measure([node, "-e", "0"]);
  line("ctf --version (yardstick: node -e 0)", measure([node, ctf, "--version"]), bareNode, "0.12 s");
  for (const size of [800, 10_000]) {
    const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
    try {
      writeProject(root, size);
      const forget = () => rmSync(join(root, ".ctf"), { recursive: true, force: true });
      const bare = measure(
        [
          node,
          "--input-type=module",
          "-e",
          yardstick.replace('"js-yaml"', JSON.stringify(join(projectRoot, "node_modules/js-yaml/dist/js-yaml.mjs"))),
        ],
        { cwd: root, runs: 3 },
      );
      for (const [command, promised] of Object.entries(PROMISED)) {
        const run = [node, ctf, command, ...(command === "check" ? ["--no-compile"] : [])];
        const cold = measure(run, { cwd: root, runs: 3, before: forget });
        line(`ctf ${command}, ${size} transforms, cold`, cold, bare, size === 800 ? promised.few : promised.cold);
        if (size === 800) continue;
        line(
          `ctf ${command}, ${size}, nothing changed`,
          measure(run, { cwd: root, runs: 3 }),
          bare,
          promised.unchanged,
        );
        const touch = () => {
          appendFileSync(join(root, "pipelines/pipeline_00003/transform_00170.yaml"), "# changed\n");
          appendFileSync(join(root, "pipelines/pipeline_00003/transform_00171.sql"), "-- changed\n");
        };
        line(
          `ctf ${command}, ${size}, one file changed`,
          measure(run, { cwd: root, runs: 3, before: touch }),
          bare,
          promised.changed,
        );
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  print("Listing and checking (yardstick: reading all files and js-yaml alone)", lines);
}
