/** Patterns → the files that are there, on disk and on S3. */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { type Diagnostic, DiagnosticError, type Span } from "../diagnostics/diagnostic.ts";
import { noFile, unsetInPattern } from "./codes.ts";
import { unreadableFile } from "./open.ts";
import type { FoundFile } from "./types.ts";

export interface Where {
  /** The project's, from which paths count. */
  readonly root: string;
  /** What `${NAME}` in a pattern stands for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The source's name, and where it is declared. */
  readonly source: string;
  readonly span: Span;
}

/**
 * All files of all patterns, each once, sorted by path.
 * @throws DiagnosticError with every pattern that has none or can't be looked up
 */
export async function findFiles(patterns: readonly string[], where: Where): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  const problems: Diagnostic[] = [];
  for (const pattern of patterns) {
    try {
      const files = await matching(pattern, where);
      for (const file of files) found.set(file.path, file);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function matching(pattern: string, where: Where): Promise<readonly FoundFile[]> {
  const unset: string[] = [];
  const path = pattern.replace(/\$\{(\w+)\}/g, (_, name: string) => where.env[name] ?? (unset.push(name), ""));
  if (unset.length > 0) {
    const message = `source ${where.source}: environment variable ${unset.join(", ")} is not set (in ${pattern})`;
    throw new DiagnosticError([unsetInPattern({ message, span: where.span })]);
  }
  const files = path.startsWith("s3://") ? await onS3(path, where.span) : await onDisk(path, where.root);
  if (files.length > 0) return files;
  throw new DiagnosticError([noFileFor(pattern, where.source, where.span)]);
}

/** What is said of a source's pattern that finds nothing. */
export function noFileFor(pattern: string, source: string, span: Span): Diagnostic {
  const from = pattern.startsWith("s3://") || isAbsolute(pattern) ? "" : " (from the project's root)";
  return noFile({ message: `source ${source}: no file matches ${pattern}${from}`, span });
}

async function onS3(uri: string, span: Span): Promise<readonly FoundFile[]> {
  const { findOnS3 } = await import("./s3/find.ts");
  return findOnS3(uri, span);
}

async function onDisk(pattern: string, root: string): Promise<readonly FoundFile[]> {
  const { glob } = await import("tinyglobby");
  const paths = await glob(pattern.split(sep).join("/"), { cwd: root, absolute: true, expandDirectories: false });
  return Promise.all(paths.map((path) => fileOnDisk(path, root)));
}

async function fileOnDisk(absolute: string, root: string): Promise<FoundFile> {
  const fromRoot = relative(root, absolute).split(sep).join("/");
  const path = fromRoot.startsWith("../") || isAbsolute(fromRoot) ? absolute : fromRoot;
  const { size } = await stat(absolute).catch((error: unknown) => {
    throw unreadableFile(error, path);
  });
  return {
    path,
    size,
    open: (signal) => createReadStream(absolute, { highWaterMark: 1 << 18, signal }),
    async slice(start, end) {
      const handle = await open(absolute).catch((error: unknown) => {
        throw unreadableFile(error, path);
      });
      try {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await handle.read(bytes, 0, end - start, start);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}
