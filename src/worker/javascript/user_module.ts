/** The user's file as a module, and the function in it. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { positionIn } from "../../project/lines.ts";
import { Failure } from "./failure.ts";
import type { MapNode } from "./map_documents.ts";

/** @throws what the file throws, and what Node says of it */
export const loadModule = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
  (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;

/** The file's function that maps a document's nodes. @throws Failure */
export function functionOf(module: Readonly<Record<string, unknown>>, file: string, name: string): MapNode {
  // What a CommonJS module exports is its default, too.
  const found = module[name] ?? (module["default"] as Readonly<Record<string, unknown>> | undefined)?.[name];
  const wrong = (message: string): Failure => {
    const hint = `write: export function ${name}(path, value) {`;
    return new Failure({ kind: "signature", message, hint, place: { file, ...placeOf(file, name) } });
  };
  if (found === undefined) throw wrong(`the file exports no function ${name}`);
  if (typeof found !== "function" || /^class\b/.test(String(found))) throw wrong(`${name} is no function`);
  if (/^(?:Async|Generator|AsyncGenerator)Function$/.test(found.constructor.name)) {
    throw wrong(`${name} has to return a value`);
  }
  if (found.length < 2 && !takesMore(String(found))) throw wrong(`${name} does not take a path and a value`);
  return found as MapNode;
}

/** `(...all)`, `(path, value = null)` */
const takesMore = (code: string): boolean => /^[^()]*\([^)]*(?:\.\.\.|=)/.test(code);

/** Where the file says what the name stands for; its top where it does not. */
export function placeOf(file: string, name: string): { readonly line: number; readonly column: number } {
  const text = readFileSync(file, "utf8");
  const escaped = name.replaceAll("$", String.raw`\$`);
  const found = new RegExp(String.raw`\b(?:function\s*\*?|const|let|var|class)\s+(${escaped})(?![\w$])`, "d").exec(
    text,
  );
  return positionIn(text)(found?.indices?.[1]?.[0] ?? 0);
}
