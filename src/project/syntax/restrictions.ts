/** Who may read an output or a source. One way to say it, wherever it is said. */
import * as z from "zod";

const visibility = z
  .enum(["private", "pipeline", "public"])
  .describe(
    "Who may read it: `private` no other transform, `pipeline` those of its own pipeline, `public` everybody. Default: `public`.",
  );

export const defaultVisibility = visibility.describe(
  "The visibility of outputs that don't say theirs: `private`, `pipeline` or `public`.",
);

const readers = z
  .array(z.string().min(1))
  .min(1)
  .describe("The only pipelines that may read it, besides its own. Goes with `visibility: pipeline`.");

const deprecated = z
  .strictObject({
    since: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "must be a day, such as 2026-01-31")
      .describe("The day since when nobody should begin to read it."),
    use: z
      .string()
      .min(1)
      .optional()
      .describe("What to read instead: a table with its schema, a transform (`pipeline.transform`), or a source."),
  })
  .describe("It will go: whoever reads it is warned.");

export const restrictions = {
  visibility: visibility.optional(),
  readers: readers.optional(),
  deprecated: deprecated.optional(),
};

export type RawRestrictions = z.infer<z.ZodObject<typeof restrictions>>;
