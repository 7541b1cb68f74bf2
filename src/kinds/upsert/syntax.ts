import * as z from "zod";

const columns = z.array(z.string().min(1)).min(1);

export const syntax = z.strictObject({
  sql: z
    .string()
    .min(1)
    .optional()
    .describe("The file with the SELECT, from the definition's folder. Default: the definition's name with .sql."),
  keys: columns.optional().describe("The columns by which a new row finds its old one. Default: the primary key."),
  update_columns: columns
    .optional()
    .describe("The columns that an existing row takes from the SELECT. Default: all but the keys."),
  delete_missing: z
    .boolean()
    .optional()
    .describe("true: rows that the SELECT no longer has are deleted. Default: false."),
});

export type Spec = z.infer<typeof syntax>;
