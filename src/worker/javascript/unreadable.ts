/** What Node says of a file that it can't read, or whose imports it does not find, at the line that it is about. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { positionIn } from "../../project/lines.ts";
import type { Place, WorkerFailure } from "../protocol.ts";
import type { UserCode } from "./places.ts";
import { syntaxFaultIn, syntaxFaultOf, type SyntaxFault } from "./types_removed.ts";

/** Undefined where the code itself threw. `file`: the one that was to be loaded. */
export function unreadable(error: Error, code: UserCode, file: string): WorkerFailure | undefined {
  const fault =
    syntaxFaultIn(error.message) ?? (error instanceof SyntaxError ? faultBelow(error, code, file) : undefined);
  if (fault) return { kind: "syntax", message: fault.message, place: fault };
  return missingImport(error, code) ?? missingExport(error, code) ?? strangeFile(error, file);
}

const codeOf = (error: Error): unknown => (error as NodeJS.ErrnoException).code;

const NOT_FOUND: ReadonlySet<unknown> = new Set([
  "ERR_MODULE_NOT_FOUND",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "MODULE_NOT_FOUND",
]);

function missingImport(error: Error, code: UserCode): WorkerFailure | undefined {
  if (!NOT_FOUND.has(codeOf(error))) return undefined;
  const [, importer] = / imported from (.+)$/s.exec(error.message) ?? [];
  const [, wanted = "what it imports"] = /['"](.+?)['"]/.exec(error.message) ?? [];
  if (importer === undefined) {
    const place = code.placesOf(error).at(-1);
    return { kind: "missing_package", package: wanted, ...(place && { place }) };
  }
  const path = importer.startsWith("file:") ? fileURLToPath(importer) : importer;
  if (!code.owns(path)) return { kind: "missing_package", package: wanted };
  const text = readFileSync(path, "utf8");
  const found = importsIn(text).find(
    ({ specifier }) =>
      specifier === wanted || specifier.startsWith(`${wanted}/`) || resolve(dirname(path), specifier) === wanted,
  );
  const place = { file: path, ...(found ? positionIn(text)(found.at) : { line: 1 }) };
  return { kind: "missing_package", package: found?.specifier ?? wanted, place };
}

interface Import {
  readonly specifier: string;
  readonly at: number;
}

const importsIn = (text: string): readonly Import[] =>
  [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'])(.+?)\1/dg)].map((found) => ({
    specifier: found[2]!,
    at: found.indices![2]![0] - 1,
  }));

/** Node shows the line, with a caret under the name. */
function missingExport(error: Error, code: UserCode): WorkerFailure | undefined {
  const [, url, line, before] = /^(file:\S+):(\d+)\n[^\n]*\n( *)\^/.exec(error.stack ?? "") ?? [];
  const [, module, name] =
    /^The requested module '(.+)' does not provide an export named '(.+)'$/.exec(error.message) ?? [];
  if (url === undefined || module === undefined) return undefined;
  const file = fileURLToPath(url);
  if (!code.owns(file)) return undefined;
  const place: Place = { file, line: Number(line), column: before!.length + 1 };
  return { kind: "syntax", message: `${module} exports no ${name}`, place };
}

/** V8 does not say where in a module it stopped reading: the first file that another parser refuses, too. */
function faultBelow(error: SyntaxError, code: UserCode, file: string): SyntaxFault | undefined {
  // Thrown by the code itself, which may have read a value.
  if (code.placesOf(error).length > 0) return undefined;
  const files = new Set([file]);
  for (const one of files) {
    const text = readFileSync(one, "utf8");
    const fault = syntaxFaultOf(one, text);
    if (fault) return fault;
    for (const { specifier } of importsIn(text)) {
      const path = resolve(dirname(one), specifier);
      if (specifier.startsWith(".") && existsSync(path)) files.add(path);
    }
  }
  return undefined;
}

function strangeFile(error: Error, file: string): WorkerFailure | undefined {
  if (codeOf(error) !== "ERR_UNKNOWN_FILE_EXTENSION") return undefined;
  const [, path = ""] = / for (.+)$/.exec(error.message) ?? [];
  const inPackage = path.includes("/node_modules/");
  const message = inPackage
    ? `a package brings files that end in ${extname(path)}, and types are taken out of the project's own alone`
    : `files that end in ${extname(path)} can't be imported`;
  return { kind: "syntax", message, place: { file, line: 1 } };
}
