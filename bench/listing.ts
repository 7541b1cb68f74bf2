/** `ctf --version`, and `ls`, `check` and `lineage` on large projects. The yardstick reads and parses the same files, nothing else. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeOf, writeProject } from "./generate_project.ts";
import { measure, print, seconds, type Line, type Measured } from "./measure.ts";

/** With `parser`, SQL is parsed too. */
const yardstick = (yaml: string, parser: string | undefined) => `
  import { readFileSync, readdirSync } from "node:fs";
  import { createRequire } from "node:module";
  import { load } from ${JSON.stringify(yaml)};
  const parser = ${parser === undefined ? "undefined" : `createRequire(import.meta.url)(${JSON.stringify(parser)})`};
  await parser?.loadModule();
  for (const file of readdirSync("pipelines", { recursive: true })) {
    if (file.endsWith(".sql")) {
      const text = readFileSync("pipelines/" + file, "utf8");
      parser?.parseSync(text);
    }
    if (file.endsWith(".yaml")) load(readFileSync("pipelines/" + file, "utf8"));
  }`;

/** `check` is its static part: every SELECT parsed, and what it reads compared with what is declared. */
const PROMISED = {
  ls: { few: "0.4 s", cold: "1.5 s, 250 MB", unchanged: "0.5 s, 250 MB", changed: "0.6 s, 250 MB" },
  check: { few: "0.7 s", cold: "2.5 s, 400 MB", unchanged: "0.5 s, 400 MB", changed: "0.7 s, 400 MB" },
  lineage: "0.8 s",
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
      const modules = join(projectRoot, "node_modules");
      const alone = (parser?: string) => {
        const script = yardstick(join(modules, "js-yaml/dist/js-yaml.mjs"), parser);
        return measure([node, "--input-type=module", "-e", script], { cwd: root, runs: 3 });
      };
      const yardsticks = { ls: alone(), check: alone(join(modules, "libpg-query")) };
      for (const command of ["ls", "check"] as const) {
        const promised = PROMISED[command];
        const bare = yardsticks[command];
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
      const middle = placeOf(size / 2);
      line(
        `ctf lineage of one column, ${size}, warm`,
        measure([node, ctf, "lineage", `${middle.table}.amount`], { cwd: root, runs: 3 }),
        yardsticks.check,
        size === 800 ? "" : PROMISED.lineage,
      );
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  print(
    "Listing and checking (yardstick: js-yaml alone on the same files; for check and lineage libpg-query too)",
    lines,
  );
}
