import * as z from "zod";

export const syntax = z.strictObject({
  python: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The file with the function `transform`, from the definition's folder. Default: the definition's name with .py.",
    ),
  publish: z
    .enum(["swap", "rows"])
    .optional()
    .describe(
      "How readers get the new table: `swap` puts it in the old one's place; `rows` merges its rows into the old one by primary key. Default: `swap`.",
    ),
});

export type Spec = z.infer<typeof syntax>;
