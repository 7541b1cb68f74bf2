import * as z from "zod";
import { description } from "./common.ts";

export const columnName = z.string().min(1);

const column = z
  .strictObject({
    name: columnName.describe("The column's name, exactly as in the table."),
    type: z
      .string()
      .min(1)
      .describe('A PostgreSQL type. In `{…}`, one with a comma needs quotes: `{type: "numeric(12,2)"}`.'),
    description: description.optional(),
    phi: z.boolean().optional().describe("true if it holds protected health information: a column that must not leak."),
    declassified: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Beside `phi: false`: why this column is no PHI although it is made from PHI, such as a count over many members.",
      ),
    not_null: z.boolean().optional().describe("true if it is never null. The primary key's columns always are."),
    identity: z
      .enum(["always", "by_default"])
      .optional()
      .describe("PostgreSQL numbers the rows itself; such a column is not in the SELECT."),
    default: z
      .union([z.string().min(1), z.number(), z.boolean()])
      .optional()
      .describe("An SQL expression for rows that others insert; such a column may be left out of the SELECT."),
    examples: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .min(1)
      .optional()
      .describe(
        "Values that it may have, taken as they are written: `[00123, 1E5]`; null for NULL. Rows that CTF makes up, for " +
          "tests and for `ctf db fill`, take theirs from these. Never real values of a column with `phi: true`.",
      ),
  })
  .describe("A column.");

export const columns = z.array(column).min(1).describe("The columns, in their order.");

export const columnList = z.array(columnName).min(1);
export type RawColumn = z.infer<typeof column>;
