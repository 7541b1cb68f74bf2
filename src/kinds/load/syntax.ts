import * as z from "zod";

const columns = z.array(z.string().min(1)).min(1);

export const syntax = z.strictObject({
  rename: z
    .record(z.string().min(1), z.string().min(1))
    .optional()
    .describe("Columns whose header, key or field in the file has another name: `{Member ID: member_id}`."),
  mode: z
    .enum(["replace", "append", "upsert"])
    .optional()
    .describe(
      "`replace` builds the table anew from all files; `append` adds the rows of files that it has not loaded yet; `upsert` inserts or updates rows by key. Default: `replace`.",
    ),
  publish: z
    .enum(["swap", "rows"])
    .optional()
    .describe(
      "For replace, how readers get the new table: `swap` puts it in the old one's place; `rows` merges its rows into the old one by primary key. Default: `swap`.",
    ),
  keys: columns
    .optional()
    .describe("For upsert: the columns by which a new row finds its old one. Default: the primary key."),
  update_columns: columns
    .optional()
    .describe("For upsert: the columns that an existing row takes from the file. Default: all but the keys."),
  delete_missing: z
    .boolean()
    .optional()
    .describe("For upsert, true: rows that the files no longer have are deleted. Default: false."),
  max_rejects: z
    .union([
      z.int().min(0),
      z.string().regex(/^(\d|[1-9]\d)(\.\d+)?%$/, "must be a number of rows, or a share such as 1% or 0.5%"),
    ])
    .optional()
    .describe(
      "How many rows may be rejected before the load fails with nothing published: a number, or a share of the rows read such as `1%`. Default: 0.",
    ),
  classify: z
    .array(
      z.strictObject({
        match: z
          .string()
          .min(1)
          .describe("A regular expression over the file's path; its named groups become columns."),
        set: z
          .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
          .optional()
          .describe("Columns with the same value for every row of such a file."),
      }),
    )
    .min(1)
    .optional()
    .describe(
      "What a file's name says: `{match: 'elig_(?<period>\\d{6})\\.txt', set: {kind: full}}`. The first that matches counts; a file that matches none is an error.",
    ),
});

export type Spec = z.infer<typeof syntax>;
