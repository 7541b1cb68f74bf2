import * as z from "zod";

export const syntax = z.strictObject({
  sql: z
    .string()
    .min(1)
    .optional()
    .describe("The file with the statements, from the definition's folder. Default: the definition's name with .sql."),
  transaction: z
    .enum(["one", "none"])
    .optional()
    .describe(
      "`one`: all statements happen or none. `none`: each by itself, for those that can't run in a transaction. Default: `one`.",
    ),
});

export type Spec = z.infer<typeof syntax>;
