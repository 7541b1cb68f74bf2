import * as z from "zod";
import { columns } from "./columns.ts";
import { description, owners } from "./common.ts";

const pattern = z.string().min(1);
const oneCharacter = z.string().regex(/^[\x20-\x7e\t]$/, "must be one plain character");

export const source = z
  .strictObject({
    name: z.string().min(1).describe("What transforms call it: `- source: NAME`."),
    description: description.optional(),
    owners: owners.optional(),
    columns: columns.optional(),
    table: z.string().min(1).optional().describe("A table or view that CTF does not build, with its schema."),
    file: pattern
      .optional()
      .describe("Files: a path from the project's root in which `*` stands for anything. `.gz` is unpacked."),
    files: z.array(pattern).min(1).optional().describe("Several paths like that of `file`."),
    format: z.enum(["csv", "tsv"]).optional().describe("Default: by the file's ending."),
    header: z.boolean().optional().describe("Whether the first line names the columns. Default: true."),
    delimiter: oneCharacter.optional().describe("What stands between two values. Default: a comma, or a tab for tsv."),
    quote: oneCharacter.optional().describe('What stands around values that need it. Default: `"`.'),
    escape: oneCharacter.optional().describe("What stands before a quote within a value. Default: the quote itself."),
    null: z.string().optional().describe("The text that, unquoted, stands for NULL. Default: nothing at all."),
    encoding: z.string().min(1).optional().describe("A PostgreSQL encoding, such as `LATIN1`. Default: `UTF8`."),
  })
  .meta({
    oneOf: [{ required: ["table"] }, { required: ["file"] }, { required: ["files"] }],
  });

export const sourcesFile = z.strictObject({
  sources: z.array(source).min(1).describe("What transforms read but CTF does not build."),
});

export type RawSource = z.infer<typeof source>;
