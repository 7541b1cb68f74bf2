/**
 * Editors complete and check definitions by their JSON Schemas. A copy of these lies in the project, is meant to be
 * committed, and so works without a network and before anything is installed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { packageFolder } from "../package.ts";

const FOLDER = ".ctf/schemas";
const shipped = fileURLToPath(new URL("schemas/", packageFolder));

export type SchemaName = "ctf" | "pipeline" | "sources" | "transform" | "test";

/** The first line of a file of the project: it points editors to the file's schema. */
export function schemaLine(file: string, schema: SchemaName): string {
  const path = posix.relative(posix.dirname(file), `${FOLDER}/${schema}.schema.json`);
  return `yaml-language-server: $schema=${path}`;
}

/** Brings the project's copies up to those of this CTF. */
export function copySchemas(root: string): void {
  if (!existsSync(shipped)) return;
  for (const name of readdirSync(shipped).filter((name) => name.endsWith(".schema.json"))) {
    const text = readFileSync(join(shipped, name), "utf8");
    const copy = join(root, FOLDER, name);
    if (existsSync(copy) && readFileSync(copy, "utf8") === text) continue;
    mkdirSync(join(root, FOLDER), { recursive: true });
    writeFileSync(copy, text);
  }
}
