import * as z from "zod";
import { description, execution, owners } from "./common.ts";

const input = z
  .strictObject({
    transform: z.string().min(1).optional().describe("A transform whose output is read."),
    pipeline: z.string().min(1).optional().describe("The transform's pipeline, if it is another one."),
    source: z.string().min(1).optional().describe("A source: what CTF does not build, declared in sources/."),
  })
  .meta({
    oneOf: [
      { required: ["transform"], not: { required: ["source"] } },
      { required: ["source"], not: { required: ["transform"] } },
    ],
  });

const monitor = z.strictObject({
  row_count: z
    .strictObject({
      min: z.int().min(0).optional().describe("The fewest rows."),
      max: z.int().min(0).optional().describe("The most rows."),
      change: z
        .union([
          z.number().min(0),
          z.string().regex(/^\d+(\.\d+)?%$/, "must be a share such as 0.5, or a percentage such as 50%"),
        ])
        .optional()
        .describe("By which share the count may differ from the published table's: `0.5` or `50%` is half."),
    })
    .describe("How many rows the new table may have."),
});

/** The keys that every transform has, whatever its kind. */
export const common = {
  kind: z.string().describe("How it makes its output."),
  description: description.optional(),
  owners: owners.optional(),
  inputs: z.array(input).optional().describe("What it reads."),
  output: z.unknown().optional().describe("What it makes."),
  outputs: z.unknown().optional().describe("What it makes, if that is several things or none."),
  monitors: z.array(monitor).optional().describe("Checks on the data, run before it is published."),
  ...execution,
};

/** For a definition whose kind is missing or unknown: its other keys can't be judged. */
export const commonLoose = z.looseObject(common);

export type RawTransform = z.infer<z.ZodObject<typeof common>> & Readonly<Record<string, unknown>>;
export type RawInput = z.infer<typeof input>;
export type RawMonitor = z.infer<typeof monitor>;
