import * as z from "zod";
import { columns } from "./columns.ts";
import { description, owners } from "./common.ts";
import { restrictions } from "./restrictions.ts";

const pattern = z.string().min(1);
const oneCharacter = z.string().regex(/^[\x20-\x7e\t]$/, "must be one plain character");
const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const field = z.strictObject({
  name: z.string().min(1).describe("The column that it fills, or what `rename` calls it."),
  start: z.int().min(1).describe("The place of its first character in the line, from 1."),
  length: z
    .int()
    .min(1)
    .optional()
    .describe("How many characters it has. Without length and end: to the end of the line."),
  end: z.int().min(1).optional().describe("The place of its last character, instead of length."),
  date: z
    .string()
    .regex(
      /^(YYYY|YY|MM|DDD|DD|HH24|MI|SS|[-/.: T])+$/,
      "must be made of YYYY, YY, MM, DD, DDD (day of the year), HH24, MI and SS, such as YYYYMMDD",
    )
    .optional()
    .describe("How a date or time is written, such as `YYYYMMDD`. All blanks or zeros are NULL."),
  decimals: z
    .int()
    .min(1)
    .max(30)
    .optional()
    .describe("Digits after a decimal point that is not written: with 2, `001250` is 12.50."),
  overpunch: z
    .boolean()
    .optional()
    .describe("true: the last digit carries the sign, `{` and `A` to `I` for plus, `}` and `J` to `R` for minus."),
  true: words.optional().describe("What stands for true, such as `Y`."),
  false: words.optional().describe("What stands for false, such as `N`."),
});

export const source = z
  .strictObject({
    name: z.string().min(1).describe("What transforms call it: `- source: NAME`."),
    description: description.optional(),
    owners: owners.optional(),
    ...restrictions,
    columns: columns.optional(),
    table: z.string().min(1).optional().describe("A table or view that CTF does not build, with its schema."),
    file: pattern
      .optional()
      .describe(
        "Files: a path from the project's root, or `s3://bucket/key`, in which `*` stands for anything. `.gz` and `.zst` are unpacked.",
      ),
    files: z.array(pattern).min(1).optional().describe("Several paths like that of `file`."),
    format: z
      .enum(["csv", "tsv", "json_lines", "fixed_width", "parquet", "raw"])
      .optional()
      .describe(
        "How the files are written; `raw` is for python transforms, which read them themselves. Default: by the file's ending, .csv, .tsv, .jsonl, .ndjson or .parquet.",
      ),
    header: z.boolean().optional().describe("Whether the first line names the columns. Default: true."),
    delimiter: oneCharacter.optional().describe("What stands between two values. Default: a comma, or a tab for tsv."),
    quote: oneCharacter.optional().describe('What stands around values that need it. Default: `"`.'),
    escape: oneCharacter.optional().describe("What stands before a quote within a value. Default: the quote itself."),
    null: z.string().optional().describe("The text that, unquoted, stands for NULL. Default: nothing at all."),
    encoding: z.string().min(1).optional().describe("A PostgreSQL encoding, such as `LATIN1`. Default: `UTF8`."),
    fields: z.array(field).min(1).optional().describe("For fixed_width: where each column stands in a line."),
  })
  .meta({
    oneOf: [{ required: ["table"] }, { required: ["file"] }, { required: ["files"] }],
  });

export const sourcesFile = z.strictObject({
  sources: z.array(source).min(1).describe("What transforms read but CTF does not build."),
});

export type RawSource = z.infer<typeof source>;
