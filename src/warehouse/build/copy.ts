/** Files into a table by COPY, byte for byte: PostgreSQL reads the format, this opens, unpacks and matches the header. */
import { createReadStream, statSync } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isAbsolute, relative, sep } from "node:path";
import { createGunzip } from "node:zlib";
import { from as copyFrom } from "pg-copy-streams";
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { FileRows } from "../../plan/types.ts";
import { tableText, type FileFormat, type TableName, type TableOutput } from "../../project/types.ts";
import { badFile, badRow, headerDiffers, noFiles } from "../codes.ts";
import { databaseError, isTransient, problem, rememberWords } from "../errors.ts";
import { list, literal, qualified } from "../names.ts";
import type { Work } from "../work.ts";
import { csvHeader } from "./csv_header.ts";

/** Loads every file, in the order of their names. @throws DiagnosticError naming file, line and column, never a value */
export async function copyFiles(work: Work, rows: FileRows, output: TableOutput, table: TableName): Promise<number> {
  work.enter("build");
  const files = await findFiles(work, rows);
  const total = files.reduce((bytes, file) => bytes + statSync(file).size, 0);
  let loaded = 0;
  let read = 0;
  for (const file of files) {
    const count = (bytes: number) => {
      read += bytes;
      work.progress(read, total, "bytes");
    };
    loaded += await copyFile(work, rows, output, table, file, count);
  }
  return loaded;
}

/** The files that match the patterns, sorted. `${NAME}` in a pattern is an environment variable. */
async function findFiles(work: Work, rows: FileRows): Promise<readonly string[]> {
  const { glob } = await import("tinyglobby");
  const problems: Diagnostic[] = [];
  const found = new Set<string>();
  for (const pattern of rows.patterns) {
    const unset: string[] = [];
    const path = pattern.replace(/\$\{(\w+)\}/g, (_, name: string) => work.env[name] ?? (unset.push(name), ""));
    if (unset.length > 0) {
      problems.push(
        noFiles({
          message: `source ${rows.source}: environment variable ${unset.join(", ")} is not set (in ${pattern})`,
          span: work.span,
        }),
      );
      continue;
    }
    const matches = await glob(path.split(sep).join("/"), { cwd: work.root, absolute: true, expandDirectories: false });
    if (matches.length === 0) {
      const from = isAbsolute(path) ? "" : ` (from the project's root)`;
      problems.push(noFiles({ message: `source ${rows.source}: no file matches ${pattern}${from}`, span: work.span }));
    }
    for (const match of matches) found.add(match);
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return [...found].sort();
}

async function copyFile(
  work: Work,
  rows: FileRows,
  output: TableOutput,
  table: TableName,
  file: string,
  count: (bytes: number) => void,
): Promise<number> {
  const shown = relative(work.root, file).startsWith("..") ? file : relative(work.root, file);
  try {
    const columns = rows.format.header ? await headerColumns(rows, output, file, shown) : declaredColumns(output);
    const copy = work.client.query(copyFrom(copyText(table, columns, rows.format)));
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        count(chunk.length);
        done(null, chunk);
      },
    });
    const raw = createReadStream(file, { highWaterMark: 1 << 18 });
    const parts = file.endsWith(".gz") ? [raw, counted, createGunzip(), withoutMark()] : [raw, counted, withoutMark()];
    await pipeline([...parts, copy], { signal: work.signal });
    return copy.rowCount;
  } catch (error) {
    if (error instanceof DiagnosticError || work.signal.aborted || isTransient(error)) throw error;
    throw new DiagnosticError([fileProblem(error, work, output, shown)]);
  }
}

const declaredColumns = (output: TableOutput): readonly string[] =>
  output.columns.filter((column) => !column.identity && column.default === undefined).map((column) => column.name);

function copyText(table: TableName, columns: readonly string[], format: FileFormat): string {
  const options = [
    "FORMAT csv",
    `HEADER ${format.header}`,
    `DELIMITER ${literal(format.delimiter)}`,
    `QUOTE ${literal(format.quote)}`,
    `ESCAPE ${literal(format.escape)}`,
    `NULL ${literal(format.null)}`,
    `ENCODING ${literal(format.encoding)}`,
  ];
  return `COPY ${qualified(table)} (${list(columns)}) FROM STDIN WITH (${options.join(", ")})`;
}

/** The output's columns in the order of the file's header: by `rename`, then by name, then by name in any case. */
async function headerColumns(
  rows: FileRows,
  output: TableOutput,
  file: string,
  shown: string,
): Promise<readonly string[]> {
  const header = await readHeader(file, rows.format);
  const names = new Set(output.columns.map((column) => column.name));
  const byLowerCase = new Map(output.columns.map((column) => [column.name.toLowerCase(), column.name]));
  const columns = header.map((name) => {
    const renamed = rows.rename[name] ?? name;
    return names.has(renamed) ? renamed : byLowerCase.get(renamed.trim().toLowerCase());
  });
  const twice = columns.filter((column, n) => column !== undefined && columns.indexOf(column) !== n);
  const missing = declaredColumns(output).filter((name) => !columns.includes(name));
  const lines =
    header.length === 0
      ? ["the file is empty, without even a header"]
      : [
          // A file without header has a row there: so what is unknown is told by its place, never quoted.
          ...columns.flatMap((column, n) =>
            column === undefined ? [`its column ${n + 1} is none of the output's`] : [],
          ),
          ...[...new Set(twice)].map((name) => `${name} comes twice`),
          ...missing.map((name) => `${name} is missing`),
        ];
  if (lines.length === 0) return columns as readonly string[];
  throw new DiagnosticError([
    headerDiffers({
      message: `${shown}: the header does not fit ${tableText(output)}: ${lines.join("; ")}`,
      span: { file: shown, start: { line: 1, column: 1 } },
      hint: 'Declare the column, map it under `rename: {"Header": column}`, or set `header: false` at the source.',
    }),
  ]);
}

async function readHeader(file: string, format: FileFormat): Promise<readonly string[]> {
  const raw = createReadStream(file);
  const unzipped = file.endsWith(".gz") ? createGunzip() : undefined;
  try {
    if (!unzipped) return await csvHeader(raw, format);
    raw.on("error", (error) => unzipped.destroy(error));
    return await csvHeader(raw.pipe(unzipped), format);
  } finally {
    // Only the first of what may be gigabytes was read.
    raw.destroy();
    unzipped?.destroy();
  }
}

/** Leaves out a UTF-8 byte order mark at the start. */
function withoutMark(): Transform {
  let first = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const marked = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
      first = false;
      done(null, marked ? chunk.subarray(3) : chunk);
    },
  });
}

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: "it is gone",
  EACCES: "no permission",
  EISDIR: "it is a folder",
  Z_BUF_ERROR: "the gzip data end too early",
  Z_DATA_ERROR: "it is not gzip, or damaged",
};

/** COPY says in its context where it stopped: `COPY claims, line 5, column amount: "…"`. The value is left out. */
function fileProblem(error: unknown, work: Work, output: TableOutput, shown: string): Diagnostic {
  const cause = databaseError(error);
  if (!cause) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = fileReasons[code ?? ""] ?? code ?? message;
    return badFile({ message: `${shown} can't be read: ${reason}`, span: work.span, hint: "Nothing was loaded." });
  }
  const place = /^COPY .*?, line (\d+)(?:, column ([^:]+))?/.exec(cause.where ?? "");
  const general = problem(error, { table: tableText(output), span: work.span });
  if (!place) return general;
  const line = Number(place[1]);
  const column = output.columns.find(({ name }) => name === place[2]);
  const where = column ? `line ${line}, column ${column.name} (${column.type})` : `line ${line}`;
  const diagnostic = badRow({
    message: `${shown} ${where}: ${general.message.replace(`${tableText(output)}: `, "")}`,
    span: { file: shown, start: { line, column: 1 } },
    hint: "Nothing was loaded.",
  });
  rememberWords(diagnostic, error);
  return diagnostic;
}
