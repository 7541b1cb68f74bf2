/**
 * Makes schemas/, docs/formats/ and docs/diagnostics/ from the code (`make generate`).
 * With --check, it only says which are not current.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { diagnosticsPage } from "./generate/diagnostics.mjs";
import { formatPages } from "./generate/formats.mjs";
import { jsonSchemas, kindSchemas } from "./generate/schemas.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["schemas", "docs/formats", "docs/diagnostics"];

const schemas = await jsonSchemas();
/** Path → text. */
const made = new Map([
  ...Object.entries(schemas).map(([name, schema]) => [
    `schemas/${name}.schema.json`,
    `${JSON.stringify(schema, undefined, 2)}\n`,
  ]),
  ...formatPages(schemas, await kindSchemas()),
  ["docs/diagnostics/README.md", await diagnosticsPage()],
]);

const there = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
);
const gone = there.filter((path) => !made.has(path));
const old = [...made].filter(
  ([path, text]) => !there.includes(path) || readFileSync(join(root, path), "utf8") !== text,
);

if (process.argv.includes("--check")) {
  for (const path of [...old.map(([path]) => path), ...gone]) process.stderr.write(`${path} is not current\n`);
  if (old.length + gone.length > 0) {
    process.stderr.write("Run `make generate` and commit what it changes.\n");
    process.exitCode = 1;
  }
} else {
  for (const [path, text] of old) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of gone) rmSync(join(root, path));
  process.stdout.write(`${old.length} written, ${gone.length} removed, ${made.size - old.length} current\n`);
}
