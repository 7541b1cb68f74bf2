/** How a source's files are written: from its keys and the files' ending. */
import { badValue, conflictingKeys } from "../codes/definition_codes.ts";
import { defined } from "../definitions.ts";
import type { CsvFormat, FileFormat, FixedField } from "../file_formats.ts";
import { repeated } from "../names.ts";
import type { Path, Problem } from "../problem.ts";
import type { RawSource } from "../syntax/sources_file.ts";
import { quoted } from "../words.ts";

export interface ReadFormat {
  readonly format?: FileFormat;
  readonly problems: readonly Problem[];
}

type Named = NonNullable<RawSource["format"]>;

const CSV_KEYS = ["header", "delimiter", "quote", "escape", "null", "encoding"] as const;
/** The keys that each format has of its own. */
const keysOf: Readonly<Record<Named, readonly string[]>> = {
  csv: CSV_KEYS,
  tsv: CSV_KEYS,
  fixed_width: ["fields", "encoding"],
  json_lines: [],
  parquet: [],
  raw: [],
};

/** Every key that says how files are written. */
export const FORMAT_KEYS = ["format", ...CSV_KEYS, "fields"] as const;

export function readFormat(raw: RawSource, patterns: readonly string[], path: Path): ReadFormat {
  const name = raw.format ?? byEnding(patterns);
  if (!name) {
    const problem: Problem = {
      code: badValue,
      path: [...path, raw.file === undefined ? "files" : "file"],
      message: `the ending of ${patterns[0]} does not say what the file is`,
      hint: 'Add "format:", one of csv, tsv, json_lines, fixed_width, parquet or raw.',
    };
    return { problems: [problem] };
  }
  const problems: Problem[] = FORMAT_KEYS.filter(
    (key) => key !== "format" && raw[key] !== undefined && !keysOf[name].includes(key),
  ).map((key) => ({
    code: conflictingKeys,
    path: [...path, key],
    at: "key",
    message: `"${key}" says nothing about files in ${name}`,
    hint: keysOf[name].length > 0 ? `Remove it. Such files have ${keysOf[name].join(", ")}.` : "Remove it.",
  }));
  if (name === "fixed_width") return withProblems(fixedWidth(raw, path), problems);
  if (name !== "csv" && name !== "tsv") return { format: { type: name }, problems };
  const format = csv(raw, name);
  return { format, problems: [...problems, ...csvProblems(format, raw, path)] };
}

const withProblems = (read: ReadFormat, problems: readonly Problem[]): ReadFormat => ({
  ...read,
  problems: [...problems, ...read.problems],
});

const endings: Readonly<Record<string, Named>> = {
  csv: "csv",
  tsv: "tsv",
  jsonl: "json_lines",
  ndjson: "json_lines",
  parquet: "parquet",
};

/** All patterns must agree. */
function byEnding(patterns: readonly string[]): Named | undefined {
  const found = new Set(
    patterns.map((pattern) => endings[/\.(\w+?)(\.gz|\.zst)?$/i.exec(pattern)?.[1]?.toLowerCase() ?? ""]),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

function csv(raw: RawSource, name: "csv" | "tsv"): CsvFormat {
  const quote = raw.quote ?? '"';
  return {
    type: "csv",
    header: raw.header ?? true,
    delimiter: raw.delimiter ?? (name === "tsv" ? "\t" : ","),
    quote,
    escape: raw.escape ?? quote,
    null: raw.null ?? "",
    encoding: raw.encoding ?? "UTF8",
  };
}

/** What COPY would refuse. */
function csvProblems(format: CsvFormat, raw: RawSource, path: Path): readonly Problem[] {
  if (format.delimiter === format.quote) {
    const key = raw.delimiter === undefined ? "quote" : "delimiter";
    const message = '"delimiter" and "quote" can\'t be the same character';
    return [{ code: conflictingKeys, path: [...path, key], message, hint: "Change one of them." }];
  }
  const inNull = [format.delimiter, format.quote, "\n", "\r"].find((character) => format.null.includes(character));
  if (inNull !== undefined) {
    const message = '"null" can\'t contain the delimiter, the quote or a line break';
    return [{ code: badValue, path: [...path, "null"], message }];
  }
  return [];
}

type RawField = NonNullable<RawSource["fields"]>[number];

function fixedWidth(raw: RawSource, path: Path): ReadFormat {
  if (!raw.fields) {
    const problem: Problem = {
      code: badValue,
      path: raw.format === undefined ? path : [...path, "format"],
      message: "a fixed_width file needs to be told where its columns stand",
      hint: 'Add "fields:", a list such as "- {name: member_id, start: 1, length: 9}".',
    };
    return { problems: [problem] };
  }
  const at = [...path, "fields"];
  const problems = [
    ...repeated(
      raw.fields.map(({ name }) => name),
      (i) => [...at, i, "name"],
    ),
    ...raw.fields.flatMap((field, i) => fieldProblems(field, [...at, i])),
    ...overlaps(raw.fields, at),
  ];
  const fields = raw.fields.map(fieldOf);
  return { format: { type: "fixed_width", fields, encoding: raw.encoding ?? "UTF8" }, problems };
}

const listed = (words: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof words === "string" ? [words] : words;

const lengthOf = ({ start, length, end }: RawField): number | undefined =>
  length ?? (end === undefined ? undefined : end - start + 1);

const fieldOf = (field: RawField): FixedField =>
  defined<FixedField>({
    name: field.name,
    start: field.start,
    length: lengthOf(field),
    date: field.date,
    decimals: field.decimals,
    overpunch: field.overpunch,
    true: listed(field.true),
    false: listed(field.false),
  });

function fieldProblems(field: RawField, path: Path): readonly Problem[] {
  const problems: Problem[] = [];
  const conflict = (key: string, message: string, hint: string) =>
    problems.push({ code: conflictingKeys, path: [...path, key], at: "key", message, hint });
  if (field.length !== undefined && field.end !== undefined)
    conflict("end", `field ${quoted(field.name)} has both "length" and "end"`, "Keep one of them.");
  else if (field.end !== undefined && field.end < field.start)
    problems.push({
      code: badValue,
      path: [...path, "end"],
      message: `field ${quoted(field.name)} ends at ${field.end}, before it begins at ${field.start}`,
    });
  const meanings = [
    field.date !== undefined && "date",
    (field.decimals !== undefined || field.overpunch !== undefined) &&
      (field.decimals === undefined ? "overpunch" : "decimals"),
    (field.true !== undefined || field.false !== undefined) && (field.true === undefined ? "false" : "true"),
  ].filter((key) => key !== false);
  const [first, second] = meanings;
  if (first && second)
    conflict(second, `field ${quoted(field.name)} has both "${first}" and "${second}"`, "Keep what it really is.");
  if ((field.true === undefined) !== (field.false === undefined)) {
    const given = field.true === undefined ? "false" : "true";
    const lacking = given === "true" ? "false" : "true";
    problems.push({
      code: badValue,
      path: [...path, given],
      at: "key",
      message: `field ${quoted(field.name)} says what stands for ${given}, but not for ${lacking}`,
      hint: `Add "${lacking}:".`,
    });
  }
  return problems;
}

/** Two fields over the same characters: one of the places is surely wrong. */
function overlaps(fields: readonly RawField[], at: Path): readonly Problem[] {
  const last = (field: RawField) => field.start + (lengthOf(field) ?? Number.POSITIVE_INFINITY) - 1;
  const placed = fields.map((field, i) => ({ field, i })).sort((a, b) => a.field.start - b.field.start);
  return placed.flatMap(({ field, i }, n): Problem[] => {
    const before = placed[n - 1];
    if (!before || last(before.field) < field.start) return [];
    const end = lengthOf(before.field) === undefined ? "the end of the line" : String(last(before.field));
    return [
      {
        code: badValue,
        path: [...at, i, "start"],
        message: `field ${quoted(field.name)} begins at ${field.start}, inside ${quoted(before.field.name)}, which goes from ${before.field.start} to ${end}`,
        labels: [{ path: [...at, before.i, "start"], message: "the other begins here" }],
      },
    ];
  });
}
